// The keys that a project trusts, and which of them may verify a token.
import { base64url, importJWK } from 'jose';

const FAMILIES = {
  oct: ['HS256', 'HS384', 'HS512'],
  RSA: ['RS256', 'RS384', 'RS512'],
  EC: ['ES256', 'ES384', 'ES512'],
  OKP: ['EdDSA'],
};
const CURVES = { 'P-256': ['ES256', 32], 'P-384': ['ES384', 48], 'P-521': ['ES512', 66] };

export const ALGORITHMS = Object.values(FAMILIES).flat();

/** The Supabase CLI drops leading zero bytes of coordinates, which PostgREST takes and WebCrypto does not. */
function padded(field, size) {
  if (field === undefined || size === undefined) return field;
  return base64url.encode(Buffer.concat([Buffer.alloc(size), base64url.decode(field)]).subarray(-size));
}

/** The public members only, whatever was given: a private key is never needed here, and never to be shown. */
function usable({ kty, kid, alg, use, crv, x, y, n, e, k }) {
  const size = kty === 'EC' ? CURVES[crv]?.[1] : undefined;
  const point = { x: padded(x, size), y: padded(y, size) };
  const key = { kty, kid, alg, use, crv, ...point, n, e, k: kty === 'oct' ? k : undefined };
  return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined));
}

/** Refuses a set with a key that could never verify anything, so that a test's mistake shows where it is made. */
export async function checked(jwks) {
  return Promise.all(
    jwks.map(async (jwk) => {
      const key = usable(jwk);
      const algorithm = key.alg ?? CURVES[key.crv]?.[0] ?? FAMILIES[key.kty]?.[0];
      if (!FAMILIES[key.kty]?.includes(algorithm)) throw new Error(`a key of type ${key.kty} for ${algorithm}`);
      await importJWK(key, algorithm);
      return key;
    }),
  );
}

/** PostgREST makes of a plain secret a key without an ID, for HS256 alone. */
export const ofSecret = (secret) => ({ kty: 'oct', alg: 'HS256', k: base64url.encode(secret) });

/** jose-jwt's `canDecodeJws`: the ID if the token has one, the algorithm if the key has one, and always the type. */
export const suits = (header) => (key) =>
  key.use !== 'enc' &&
  (header.kid === undefined || header.kid === key.kid) &&
  (key.alg === undefined || header.alg === key.alg) &&
  FAMILIES[key.kty].includes(header.alg);

/** What Auth publishes: shared secrets never. */
export const published = (keys) => ({
  keys: keys.filter((key) => key.kty !== 'oct').map((key) => ({ use: 'sig', key_ops: ['verify'], ...key })),
});
