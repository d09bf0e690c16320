// PostgREST's rules for tokens, in its order and words, from its `Auth/Jwt.hs` and `Error.hs` and from `jose-jwt`.
import { compactVerify } from 'jose';
import { ALGORITHMS, suits } from './keys.mjs';

const LEEWAY = 30;

export class Refusal {
  constructor(code, message, details = null) {
    this.body = { code, details, hint: null, message };
    this.challenge =
      code === 'PGRST302' ? 'Bearer' : `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`;
  }
}

const undecodable = (message, details) => new Refusal('PGRST301', message, details);
const KEY = 'No suitable key or wrong key type';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function json(bytes) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** The token of `Authorization: Bearer`, in any case; nothing if there is none, `''` if it is empty. */
export function bearer(authorization = '') {
  const [, scheme, token] = /^(\S*)\s*(.*)$/s.exec(authorization);
  return scheme.toLowerCase() === 'bearer' ? token : undefined;
}

export function parse(token) {
  if (token === '') throw undecodable('Empty JWT is sent in Authorization header');
  const parts = token.split('.');
  if (parts.length !== 3) throw undecodable(`Expected 3 parts in JWT; got ${parts.length}`);
  const header = parts.every((part) => /^[\w-]*$/.test(part)) ? json(Buffer.from(parts[0], 'base64url')) : undefined;
  if (header?.alg === 'none') {
    throw undecodable('Wrong or unsupported encoding algorithm', "JWT is unsecured but expected 'alg' was not 'none'");
  }
  const kid = header?.kid ?? undefined;
  if (!isObject(header) || !ALGORITHMS.includes(header.alg) || !['string', 'undefined'].includes(typeof kid)) {
    throw undecodable('JWT cryptographic operation failed');
  }
  return { token, header: { alg: header.alg, kid } };
}

/** The payload's bytes, once one of the keys that suit the header has verified them. */
export async function verify({ token, header }, keys) {
  const suitable = keys.filter(suits(header));
  if (suitable.length === 0) throw undecodable(KEY, 'No suitable key was found to decode the JWT');
  for (const key of suitable) {
    try {
      return (await compactVerify(token, key, { algorithms: [header.alg] })).payload;
    } catch {
      // The next key may be the one.
    }
  }
  throw undecodable(KEY, 'None of the keys was able to decode the JWT');
}

/** Checks the claims as PostgREST does without `jwt-aud` and without an anonymous role. */
export function check(payload, now) {
  const claims = json(payload);
  const refuse = (message) => new Refusal('PGRST303', message);
  if (!isObject(claims)) throw refuse('Parsing claims failed');

  // `null` counts as absent, and what is no 64-bit integer as 0.
  const time = (name) => {
    const value = claims[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'number') throw refuse(`The JWT '${name}' claim must be a number`);
    return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? value : 0;
  };
  if (time('exp') < now - LEEWAY) throw refuse('JWT expired');
  if (time('nbf') > now + LEEWAY) throw refuse('JWT not yet valid');
  if (time('iat') > now + LEEWAY) throw refuse('JWT issued at future');
  const audiences = [claims.aud ?? []].flat();
  if (!audiences.every((it) => typeof it === 'string')) {
    throw refuse("The JWT 'aud' claim must be a string or an array of strings");
  }
  if (claims.role === undefined) throw new Refusal('PGRST302', 'Anonymous access is disabled');
  return claims;
}
