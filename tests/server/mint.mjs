// Mints HS256 tokens with `jose`, with exactly the claims given. In: { secret, claims: [..] }. Out: the tokens.
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';

const { secret, claims } = JSON.parse(await text(process.stdin));
const key = new TextEncoder().encode(secret);
const header = { alg: 'HS256', typ: 'JWT' };

const tokens = await Promise.all(claims.map((payload) => new SignJWT(payload).setProtectedHeader(header).sign(key)));
process.stdout.write(JSON.stringify(tokens));
