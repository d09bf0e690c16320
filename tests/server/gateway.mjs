// The project's front door: verifies tokens by the project's keys, as Supabase's hosted edge and PostgREST do, and
// passes them on to Lite, which knows one HS256 secret of its own and nothing of keys.
//
// It is told what to do by its parent over Node's IPC channel, one message after the other, each with a `seq`:
//   { start: { lite, liteSecret, publishable, secret } }  -> { port, jwtSecret }
//   { trust: [public or oct JWKs] }                       the keys from now on, in place of those before
//   { legacy: boolean }                                   whether the legacy secret (`jwtSecret`) is trusted
//   { sessions: private JWK }                             what Auth's sessions are signed with, not the legacy secret
// Every answer has the `seq`; one with an `error` changed nothing.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as send } from 'node:http';
import { pipeline } from 'node:stream';
import { json } from 'node:stream/consumers';
import { importJWK } from 'jose';
import { reissued, startsSession } from './gateway/auth.mjs';
import { checked, ofSecret, published } from './gateway/keys.mjs';
import { STRANGER, forOthers, forRest } from './gateway/lite.mjs';
import { Refusal, bearer, check, parse, verify } from './gateway/postgrest.mjs';
import * as storage from './gateway/storage.mjs';

/** They belong to one connection, and there are two; Node has answered `expect` already. */
const OF_THE_CONNECTION = ['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

const jwtSecret = randomBytes(32).toString('hex');
const agent = new Agent({ keepAlive: true });
let lite;
let trusted = [];
let legacy = [ofSecret(jwtSecret)];
/** What Auth's sessions are signed with. */
let sessions = { key: new TextEncoder().encode(jwtSecret), header: { alg: 'HS256' } };

/** The bytes of a token's payload. */
const verified = (token) => verify(parse(token), [...legacy, ...trusted]);

/** What Lite gets as `authorization` of a request to the Data API. */
async function restAuthorization({ headers }, url, now) {
  const apikey = headers.apikey ?? url.searchParams.get('apikey');
  // Lite says what is wrong with it, whatever the token is.
  if (apikey !== lite.publishable && apikey !== lite.secret) return undefined;
  const token = bearer(headers.authorization);
  // An API key sent as a token, too, is no token.
  if (token === undefined || token === apikey) {
    // Lite gives either key its role: `anon`, or `service_role`.
    return undefined;
  }
  const payload = await verified(token);
  return forRest(payload, check(payload, now), lite.liteSecret, now);
}

/** As above for Storage and Auth. What is refused is made one that Lite refuses, too, in that service's own words. */
async function otherAuthorization({ headers }, now) {
  const token = bearer(headers.authorization);
  if ([undefined, lite.publishable, lite.secret].includes(token)) return headers.authorization;
  try {
    return await forOthers(await verified(token), lite.liteSecret, now);
  } catch {
    return STRANGER;
  }
}

/** Why Storage refuses the token, where it says so. */
async function storageRefusal({ method, headers }, url) {
  const token = bearer(headers.authorization);
  const isToken = ![undefined, lite.publishable, lite.secret].includes(token);
  if (!isToken || !storage.saysWhy(method, url)) return undefined;
  try {
    return storage.reasonOf(await verified(token), Math.floor(Date.now() / 1000));
  } catch (error) {
    return /^Expected 3 parts/.test(error.body?.message) ? 'Invalid Compact JWS' : 'signature verification failed';
  }
}

/** Answers what Lite lacks of Storage by requests that it knows; `false` if there is nothing that it lacks. */
async function answerForStorage(request, response, url, bearerOfLite) {
  const { apikey } = request.headers;
  const headers = { 'content-type': 'application/json', ...(apikey && { apikey }) };
  if (bearerOfLite) headers.authorization = bearerOfLite;
  const ask = async (path, body) => {
    const sent = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const answered = await fetch(`http://127.0.0.1:${lite.lite}${path}`, sent);
    return { status: answered.status, body: await answered.json() };
  };
  const answered = await storage.answerBy(ask, request.method, url, () => json(request));
  if (!answered) return false;
  answer(response, answered.status, {}, answered.body);
  return true;
}

async function authorization(request, url) {
  const now = Math.floor(Date.now() / 1000);
  if (request.method === 'OPTIONS') return request.headers.authorization;
  if (/^\/rest\/v1(\/|$)/.test(url.pathname)) return restAuthorization(request, url, now);
  if (/^\/(storage|auth)\/v1\//.test(url.pathname)) return otherAuthorization(request, now);
  return request.headers.authorization;
}

function answer(response, status, headers, body) {
  const text = JSON.stringify(body);
  const always = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, { ...always, ...headers }).end(text);
}

function pass(request, response, url, bearerOfLite) {
  const headers = { ...request.headers, authorization: bearerOfLite };
  const session = startsSession(request, url);
  if (session) headers['accept-encoding'] = 'identity';
  for (const name of [...OF_THE_CONNECTION, ...(bearerOfLite ? [] : ['authorization'])]) delete headers[name];
  const { method } = request;
  const path = storage.pathOfLite(request.url);
  const upstream = send({ agent, host: '127.0.0.1', port: lite.lite, method, path, headers });
  upstream.on('response', (from) => {
    const raw = from.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [[name, all[at + 1]]] : []));
    const kept = raw.filter(([name]) => !OF_THE_CONNECTION.includes(name.toLowerCase()));
    if (session && from.statusCode === 200) return passSession(from, response);
    response.writeHead(from.statusCode, from.statusMessage, kept.flat());
    pipeline(from, response, () => {});
  });
  upstream.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, {}, { message: `the gateway cannot reach Lite: ${error.code}` });
  });
  response.on('close', () => response.writableFinished || upstream.destroy());
  request.pipe(upstream);
}

async function passSession(from, response) {
  const issuer = `http://127.0.0.1:${server.address().port}/auth/v1`;
  try {
    answer(response, 200, {}, await reissued(await json(from), { ...sessions, issuer }));
  } catch (error) {
    answer(response, 502, {}, { message: `the gateway cannot read the session: ${error.message}` });
  }
}

const server = createServer(async (request, response) => {
  try {
    const url = new URL(request.url, 'http://127.0.0.1');
    if (url.pathname === '/auth/v1/.well-known/jwks.json' && ['GET', 'HEAD'].includes(request.method)) {
      return answer(response, 200, { 'cache-control': 'public, max-age=600' }, published(trusted));
    }
    const reason = await storageRefusal(request, url);
    if (reason) return answer(response, 400, {}, storage.refusal(reason));
    const bearerOfLite = await authorization(request, url);
    if (await answerForStorage(request, response, url, bearerOfLite)) return;
    pass(request, response, url, bearerOfLite);
  } catch (error) {
    if (error instanceof Refusal) answer(response, 401, { 'www-authenticate': error.challenge }, error.body);
    else answer(response, 400, {}, { message: `the gateway cannot read the request: ${error.message}` });
  }
});
// A client that keeps a connection for a minute must not meet its end in the moment of its next request.
server.keepAliveTimeout = 600_000;

async function obey({ start, trust, legacy: keep, sessions: jwk }) {
  if (trust !== undefined) trusted = await checked(trust);
  if (jwk !== undefined) sessions = { key: await importJWK(jwk), header: { alg: jwk.alg, kid: jwk.kid } };
  if (keep !== undefined) legacy = keep ? [ofSecret(jwtSecret)] : [];
  if (start === undefined) return {};
  lite = start;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, jwtSecret };
}

let turn = Promise.resolve();
process.on('message', ({ seq, ...message }) => {
  turn = turn
    .then(() => obey(message))
    .catch((error) => ({ error: error.message }))
    .then((result) => process.send({ seq, ...result }));
});
// Nobody could stop it any more.
process.on('disconnect', () => process.exit());
