// Verifies tokens as the gateway of Edge Functions does: by the legacy secret or the project's public keys, without
// leeway.
import { load } from '../peers/packages.mjs';

const { createLocalJWKSet, jwtVerify } = load('jose');

/** Why a request may not reach its function: what the gateway answers. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A function from a request's headers to the claims of its token; `undefined` without a token. */
export function verifier({ secret, keys = [], publishable }) {
  const ofSecret = secret && new TextEncoder().encode(secret);
  const ofKeys = createLocalJWKSet({ keys });
  const key = (header, token) => (header.alg === 'HS256' && ofSecret ? ofSecret : ofKeys(header, token));
  return async (headers) => {
    if (publishable && headers.apikey !== publishable) {
      throw new Refusal(401, 'UNAUTHORIZED_INVALID_API_KEY', 'Invalid API key');
    }
    const token = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      return (await jwtVerify(token, key)).payload;
    } catch {
      throw new Refusal(401, 401, 'Invalid JWT');
    }
  };
}
