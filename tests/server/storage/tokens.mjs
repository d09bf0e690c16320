// Verifies tokens as the real server does: by `jose`, without leeway, once at the start of a request.
import { load } from '../peers/packages.mjs';
import { Refusal, denied, invalid } from './errors.mjs';

const { SignJWT, jwtVerify } = load('jose');

export class Tokens {
  /** How far this server's clock is ahead, in seconds. */
  ahead = 0;
  #secret;

  constructor(secret) {
    this.verifyWith(secret);
  }

  verifyWith(secret) {
    this.#secret = new TextEncoder().encode(secret);
  }

  now() {
    return Math.floor(Date.now() / 1000) + this.ahead;
  }

  async #verify(token) {
    const { payload } = await jwtVerify(token, this.#secret, { currentDate: new Date(this.now() * 1000) });
    return payload;
  }

  /** The claims of the request's token, or the refusal that the real server gives. */
  async claims({ authorization }) {
    if (authorization === undefined) {
      throw invalid('InvalidRequest', "headers must have required property 'authorization'");
    }
    try {
      return await this.#verify(authorization.replace(/^bearer /i, ''));
    } catch (error) {
      throw denied(error.message);
    }
  }

  sign(claims, seconds) {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(this.now())
      .setExpirationTime(this.now() + seconds)
      .sign(this.#secret);
  }

  /** The claims of a signed URL for this object. */
  async signed(token, url, scope) {
    const claims = await this.#verify(token).catch((error) => {
      throw invalid('InvalidJWT', error.message);
    });
    if (claims.url !== url || claims.scope !== scope) {
      throw new Refusal(400, 'InvalidSignature', 'InvalidSignature', 'Invalid signature');
    }
    return claims;
  }
}
