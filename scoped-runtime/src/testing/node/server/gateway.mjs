// The project's front door: verifies tokens by the project's keys, as Supabase's hosted edge and PostgREST do, and
// passes them on to Lite, which knows one HS256 secret of its own and nothing of keys. Requests under the prefixes of
// `routes` go to servers of the test's own, with the token as it came.
//
// The test process tells it what to do over the socket `control.sock` in the current folder: one JSON line a
// connection, answered by one line.
//   { start: { lite, liteSecret, publishable, secret, routes } }  -> { port, jwtSecret }
//   { trust: [public or oct JWKs] }                       the keys from now on, in place of those before
//   { legacy: boolean }                                   whether the legacy secret (`jwtSecret`) is trusted
//   { sessions: private JWK }                             what Auth's sessions are signed with, not the legacy secret
// An answer with an `error` changed nothing.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as send } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { pipeline } from 'node:stream';
import { json } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { importJWK } from 'jose';
import { reissued, startsSession } from './gateway/auth.mjs';
import { checked, ofSecret, published } from './gateway/keys.mjs';
import { STRANGER, forOthers, forRest } from './gateway/lite.mjs';
import { Refusal, bearer, check, parse, verify } from './gateway/postgrest.mjs';
import { admitted, refusal, routeOf, upgrade } from './gateway/routes.mjs';

/** They belong to one connection, and there are two; Node has answered `expect` already. */
const OF_THE_CONNECTION = ['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

const jwtSecret = randomBytes(32).toString('hex');
const agent = new Agent({ keepAlive: true });
let lite;
let trusted = [];
let legacy = [ofSecret(jwtSecret)];
/** What Auth's sessions are signed with. */
let sessions = { key: new TextEncoder().encode(jwtSecret), header: { alg: 'HS256' } };

const seconds = () => Math.floor(Date.now() / 1000);

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

async function authorization(request, url) {
  const now = seconds();
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

/** Sends the request on, with another `authorization`, and streams both bodies. */
function pass(request, response, { host, port, path }, authorization, reissue) {
  const headers = { ...request.headers, authorization };
  if (reissue) headers['accept-encoding'] = 'identity';
  for (const name of [...OF_THE_CONNECTION, ...(authorization ? [] : ['authorization'])]) delete headers[name];
  const upstream = send({ agent, host, port, method: request.method, path, headers });
  upstream.on('response', (from) => {
    const raw = from.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [[name, all[at + 1]]] : []));
    const kept = raw.filter(([name]) => !OF_THE_CONNECTION.includes(name.toLowerCase()));
    if (reissue && from.statusCode === 200) return passSession(from, response);
    response.writeHead(from.statusCode, from.statusMessage, kept.flat());
    // The first event of a stream may come long after the headers.
    response.flushHeaders();
    pipeline(from, response, () => {});
  });
  upstream.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, {}, { message: `the gateway cannot reach the server behind it: ${error.code}` });
  });
  response.on('close', () => response.writableFinished || upstream.destroy());
  // The first byte of the body may come long after the headers.
  upstream.flushHeaders();
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

/** Throws a refusal unless the request has an API key and, if it has a token, one of this project. */
const admit = (request, url) => admitted(request, url, lite, async (token) => check(await verified(token), seconds()));

const server = createServer(async (request, response) => {
  let url, route;
  try {
    url = new URL(request.url, 'http://127.0.0.1');
    route = routeOf(lite.routes, url);
    if (url.pathname === '/auth/v1/.well-known/jwks.json' && ['GET', 'HEAD'].includes(request.method)) {
      return answer(response, 200, { 'cache-control': 'public, max-age=600' }, published(trusted));
    }
    if (route) {
      await admit(request, url);
      return pass(request, response, route, request.headers.authorization);
    }
    const toLite = { host: '127.0.0.1', port: lite.lite, path: request.url };
    pass(request, response, toLite, await authorization(request, url), startsSession(request, url));
  } catch (error) {
    if (route) answer(response, ...refusal(url, error));
    else if (error instanceof Refusal) answer(response, 401, { 'www-authenticate': error.challenge }, error.body);
    else answer(response, 400, {}, { message: `the gateway cannot read the request: ${error.message}` });
  }
});
// A client that keeps a connection for a minute must not meet its end in the moment of its next request.
server.keepAliveTimeout = 600_000;
// How long an upload may take is the client's to say.
server.requestTimeout = 0;

server.on('upgrade', async (request, socket, head) => {
  socket.on('error', () => {});
  try {
    const url = new URL(request.url, 'http://127.0.0.1');
    const route = routeOf(lite.routes, url);
    if (!route) return socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    await admit(request, url);
    upgrade(request, socket, head, route);
  } catch {
    socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
  }
});

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
createSocket((socket) => {
  socket.on('error', () => {});
  createInterface({ input: socket }).once('line', (line) => {
    turn = turn
      .then(() => obey(JSON.parse(line)))
      .catch((error) => ({ error: error.message }))
      .then((result) => socket.end(`${JSON.stringify(result)}\n`));
  });
}).listen('control.sock');
