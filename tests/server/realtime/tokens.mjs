// Verifies tokens as Realtime does: zero leeway, `role` and `exp` required, `nbf` and `aud` unread.
import { jose } from './packages.mjs';

export class TokenError extends Error {
  constructor(code, message, isOfServer = false) {
    super(message);
    this.code = code;
    this.isOfServer = isOfServer;
  }

  /** The reason of a refused join. */
  get reason() {
    return this.isOfServer ? this.message : `${this.code}: ${this.message}`;
  }
}

const malformed = () => new TokenError('MalformedJWT', 'The token provided is not a valid JWT');
const noSigner = (kid) => {
  const of = kid === undefined ? '' : ` for key ID (kid) "${kid}"`;
  const message = `Failed to generate JWT signer${of}, check your JWT secret or JWKS configuration`;
  return new TokenError('JwtSignerError', message);
};

export class Verifier {
  /** `keys`: public JWKs; `secret`: the HS256 secret; `apiKeys`: the role of each `sb_` key. */
  constructor({ keys = [], secret, apiKeys = {} }) {
    this.keys = keys;
    this.secret = new TextEncoder().encode(secret);
    this.apiKeys = apiKeys;
  }

  /** What a hosted gateway puts in the place of an `sb_` key: the claims of its role. */
  apiKeyClaims(key) {
    const role = this.apiKeys[key];
    return role === undefined ? undefined : { role, exp: Number.MAX_SAFE_INTEGER };
  }

  async verify(token, now = Date.now()) {
    if (typeof token !== 'string' || token.split('.').length !== 3) throw malformed();
    let claims;
    let header;
    try {
      header = jose.decodeProtectedHeader(token);
      claims = jose.decodeJwt(token);
    } catch {
      throw malformed();
    }
    await this.#signature(token, header);
    if (claims.role === undefined || claims.exp === undefined) {
      throw new TokenError('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT');
    }
    if (typeof claims.exp !== 'number') throw new TokenError('', 'Unknown Error on Channel', true);
    const late = Math.floor(now / 1000 - claims.exp);
    if (late >= 0) throw new TokenError('InvalidJWTToken', `Token has expired ${late} seconds ago`);
    return claims;
  }

  async #signature(token, { alg, kid }) {
    const wrong = () => new TokenError('JwtSignatureError', 'Failed to validate JWT signature');
    let key;
    if (alg === 'HS256') {
      const jwk = this.keys.find((one) => one.kty === 'oct' && one.kid === kid);
      key = jwk ? await jose.importJWK(jwk, alg) : this.secret;
    } else {
      const jwk = kid === undefined ? undefined : this.keys.find((one) => one.kid === kid);
      if (jwk === undefined) throw noSigner(kid);
      key = await jose.importJWK(jwk, alg);
    }
    try {
      await jose.compactVerify(token, key, { algorithms: [alg] });
    } catch {
      throw wrong();
    }
  }
}
