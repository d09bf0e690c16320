// What Lite is told of a token that the gateway has verified: the same claims, signed with the secret that only the
// two of them know.
import { randomBytes } from 'node:crypto';
import { CompactSign } from 'jose';

const utf8 = new TextEncoder();

async function sign(payload, secret) {
  const signer = new CompactSign(payload).setProtectedHeader({ alg: 'HS256', typ: 'JWT' });
  return `Bearer ${await signer.sign(utf8.encode(secret))}`;
}

/** The claims with `changes`; `undefined` takes one out. Without any, the very bytes go on: no number is rounded. */
function changed(payload, claims, changes) {
  return Object.keys(changes).length === 0 ? payload : utf8.encode(JSON.stringify({ ...claims, ...changes }));
}

/**
 * For the Data API, whose claims are checked by now.
 *
 * Lite has no leeway: a time that only PostgREST's 30 seconds let pass is moved to one that Lite lets pass, so in
 * those seconds `auth.jwt()` shows another `exp`, `nbf` or `iat` than the token. All other claims are as they were.
 */
export function forRest(payload, claims, secret, now) {
  const changes = {};
  // Lite takes a claim that is `null` for one of the wrong type.
  for (const name of ['exp', 'nbf', 'iat']) if (claims[name] === null) changes[name] = undefined;
  if (typeof claims.exp === 'number' && claims.exp <= now) changes.exp = now + 30;
  for (const name of ['nbf', 'iat']) if (claims[name] > now) changes[name] = now;
  // PostgREST takes such a role by its JSON text, and PostgreSQL does not know it; Lite would break down.
  if (typeof claims.role !== 'string') changes.role = JSON.stringify(claims.role);
  return sign(changed(payload, claims, changes), secret);
}

/** For Storage and Auth, which check `exp` and `nbf` without leeway, as Lite does, and do not look at `iat`. */
export function forOthers(payload, secret, now) {
  const claims = JSON.parse(new TextDecoder().decode(payload));
  return sign(changed(payload, claims, claims.iat > now ? { iat: now } : {}), secret);
}

/** A token that Lite refuses for its signature, for whatever reason it is. One without HS256 is none to Lite's Auth. */
export const STRANGER = await sign(utf8.encode('{}'), randomBytes(32).toString('hex'));
