// Verifies tokens as a gateway does: by the legacy secret or the project's public keys, without leeway.
import { load } from './peers/packages.mjs';

const { createLocalJWKSet, jwtVerify } = load('jose');

/** Why a request may not go on: `api_key`, `expired` or `invalid`. */
export class Refusal extends Error {}

/**
 * Makes a function from a request's headers to the claims of its token, or `undefined` without a token. `keys` are
 * public JWKs.
 */
export function verifier({ secret, keys = [], publishable }) {
  const ofSecret = secret && new TextEncoder().encode(secret);
  const ofKeys = createLocalJWKSet({ keys });
  const key = (header, token) => (header.alg === 'HS256' && ofSecret ? ofSecret : ofKeys(header, token));
  return async (headers) => {
    if (publishable && headers.apikey !== publishable) throw new Refusal('api_key');
    const token = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      return (await jwtVerify(token, key)).payload;
    } catch (error) {
      throw new Refusal(error.code === 'ERR_JWT_EXPIRED' ? 'expired' : 'invalid');
    }
  };
}
