// Verifies HS256 tokens with `jose`, which shares no code with what minted them.
// In: { secret, tokens, now } with `now` in seconds, or null for the clock.
// Out: for each token { header, payload }, or { error } with jose's own code.
import { text } from 'node:stream/consumers';
import { jwtVerify } from 'jose';

const { secret, tokens, now } = JSON.parse(await text(process.stdin));
const key = new TextEncoder().encode(secret);
const options = { algorithms: ['HS256'], ...(now === null ? {} : { currentDate: new Date(now * 1000) }) };

const results = await Promise.all(
  tokens.map((token) =>
    jwtVerify(token, key, options).then(
      ({ protectedHeader, payload }) => ({ header: protectedHeader, payload }),
      (error) => ({ error: error.code ?? error.message }),
    ),
  ),
);
process.stdout.write(JSON.stringify(results));
