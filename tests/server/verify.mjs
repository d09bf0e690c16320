// Verifies tokens with `jose`, which shares no code with what minted them.
// In: { secret, tokens, now } with `now` in seconds, or null for the clock. A token is a text, verified as HS256 with the
// secret, or { token, jwk }, verified as the JWK's `alg`.
// Out: for each token { header, payload }, or { error } with jose's own code. With a JWK also `exact`: the payload with
// every number and text as a text ("n:1.5", "s:a"), since JavaScript rounds integers beyond 2^53.
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { importJWK, jwtVerify } from 'jose';

const { secret, tokens, now } = JSON.parse(await text(process.stdin));
const currentDate = now === null ? new Date() : new Date(now * 1000);

const lossless = (_, value, { source }) =>
  typeof value === 'number' ? `n:${source}` : typeof value === 'string' ? `s:${value}` : value;

async function verify({ token, jwk }) {
  const key = jwk ? await importJWK(jwk) : new TextEncoder().encode(secret);
  const algorithms = [jwk?.alg ?? 'HS256'];
  const { protectedHeader: header, payload } = await jwtVerify(token, key, { algorithms, currentDate });
  if (!jwk) return { header, payload };
  const json = Buffer.from(token.split('.')[1], 'base64url').toString();
  if (!isDeepStrictEqual(payload, JSON.parse(json))) throw new Error('jose reads other claims');
  return { header, payload, exact: JSON.parse(json, lossless) };
}

const results = await Promise.all(
  tokens.map((entry) =>
    verify(typeof entry === 'string' ? { token: entry } : entry).catch((error) => ({ error: error.code ?? error.message })),
  ),
);
process.stdout.write(JSON.stringify(results));
