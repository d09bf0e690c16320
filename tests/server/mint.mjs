// Mints tokens with `jose`, with exactly the claims given. Out: the tokens.
// In: { secret, claims: [..] } for HS256 with a text; { key, header, claims } for a private or `oct` JWK, by its `alg`
// and with its `kid` unless the header says otherwise: `null` takes a member out, `alg: 'none'` signs nothing.
import { text } from 'node:stream/consumers';
import { SignJWT, base64url } from 'jose';

const { secret, key, header: more, claims } = JSON.parse(await text(process.stdin));
const signer = key ?? new TextEncoder().encode(secret);
const members = { alg: key?.alg ?? 'HS256', kid: key?.kid, typ: 'JWT', ...more };
const header = Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));

const encode = (value) => base64url.encode(JSON.stringify(value));
const sign = (payload) =>
  header.alg === 'none'
    ? `${encode(header)}.${encode(payload)}.`
    : new SignJWT(payload).setProtectedHeader(header).sign(signer);
process.stdout.write(JSON.stringify(await Promise.all(claims.map(sign))));
