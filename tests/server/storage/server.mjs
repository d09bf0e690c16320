// Stands in for Supabase Storage in what the local server lacks, and in how it answers: as `supabase/storage` 1.11 was
// measured to, also where that is ugly. Its policies are functions (`store.mjs`); real ones are tested on the local
// server.
//
// Configuration: { secret, buckets: { name: { policy, isPublic, limit, types } } }.
// `GET /control/log` returns what has arrived; `POST /control/clock?ahead=seconds` moves this server's clock.
import { createServer } from 'node:http';
import { configuration, listen } from '../node_server.mjs';
import { Refusal, denied, noBucket } from './errors.mjs';
import * as lists from './lists.mjs';
import * as objects from './objects.mjs';
import { resumable } from './resumable.mjs';
import * as signed from './signed.mjs';
import { Store } from './store.mjs';
import { Tokens } from './tokens.mjs';

const { secret = '', buckets } = await configuration((change) => tokens.verifyWith(change.secret));
const store = new Store(buckets);
const tokens = new Tokens(secret);
const upload = resumable({ store, tokens });
const log = [];

const read = (context) => objects.send(context, objects.readable(store, context.bucket, context.key, context.user));
const readImage = (context) =>
  objects.send(context, objects.readable(store, context.bucket, context.key, context.user), {
    transform: context.query.toString(),
  });

/** A bad token is swallowed here: the request runs as `anon`, which does not even see a private bucket. */
async function swallowing(context, run) {
  const { headers } = context.request;
  context.user = await tokens.claims(headers).catch(() => ({ role: 'anon' }));
  if (context.user.role === 'anon' && !store.find(context.bucket)?.isPublic) throw noBucket();
  return run(context);
}

const ROUTES = [
  ['GET', /^\/object\/info\/authenticated\/([^/]+)\/(.+)$/, objects.info],
  ['GET', /^\/object\/authenticated\/([^/]+)\/(.+)$/, read],
  ['HEAD', /^\/object\/authenticated\/([^/]+)\/(.+)$/, read],
  ['GET', /^\/render\/image\/authenticated\/([^/]+)\/(.+)$/, readImage],
  ['GET', /^\/object\/sign\/([^/]+)\/(.+)$/, (context) => signed.openSigned(context, false), 'open'],
  ['GET', /^\/render\/image\/sign\/([^/]+)\/(.+)$/, (context) => signed.openSigned(context, true), 'open'],
  ['PUT', /^\/object\/upload\/sign\/([^/]+)\/(.+)$/, objects.uploadSigned, 'open'],
  ['GET', /^\/object\/public\/([^/]+)\/(.+)$/, publicRead, 'open'],
  ['GET', /^\/object\/info\/([^/]+)\/(.+)$/, (context) => swallowing(context, objects.info), 'open'],
  ['GET', /^\/object\/([^/]+)\/(.+)$/, (context) => swallowing(context, read), 'open'],
  ['POST', /^\/object\/list\/([^/]+)$/, lists.list],
  ['POST', /^\/object\/list-v2\/([^/]+)$/, lists.listV2],
  ['POST', /^\/object\/sign\/([^/]+)$/, signed.signMany],
  ['POST', /^\/object\/sign\/([^/]+)\/(.+)$/, signed.signOne],
  ['POST', /^\/object\/upload\/sign\/([^/]+)\/(.+)$/, signed.signUpload],
  ['POST', /^\/object\/move$/, objects.move],
  ['POST', /^\/object\/copy$/, objects.copy],
  ['DELETE', /^\/object\/([^/]+)$/, objects.removeMany],
  ['POST', /^\/object\/([^/]+)\/(.+)$/, objects.upload],
  ['PUT', /^\/object\/([^/]+)\/(.+)$/, objects.upload],
  ['POST', /^\/bucket\/([^/]+)\/empty$/, onlyForServices],
  ['GET', /^\/bucket$/, () => []],
  ['GET', /^\/bucket\/([^/]+)$/, () => Promise.reject(noBucket())],
  ['POST', /^\/bucket$/, () => Promise.reject(denied())],
];

function publicRead(context) {
  if (!store.bucket(context.bucket).isPublic) throw noBucket();
  objects.send(context, objects.readable(store, context.bucket, context.key, {}));
}

function onlyForServices() {
  throw new Refusal(403, 'AccessDenied', 'Unauthorized', 'Access denied: Invalid role', 403);
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://127.0.0.1');
  const path = url.pathname.replace(/^\/storage\/v1/, '');
  if (path.startsWith('/upload/resumable')) return upload(request, response, path);
  for (const [method, pattern, run, isOpen] of ROUTES) {
    const found = method === request.method && pattern.exec(path);
    if (!found) continue;
    const [bucket, key] = found.slice(1).map((part) => part && decodeURIComponent(part));
    const context = { store, tokens, request, response, method, bucket, key, query: url.searchParams };
    context.path = found.slice(1).join('/');
    if (!isOpen) context.user = await tokens.claims(request.headers);
    const body = await run(context);
    return response.headersSent ? undefined : json(response, 200, body);
  }
  const message = `Route ${request.method}:${path} not found`;
  return json(response, 404, { message, error: 'Not Found', statusCode: 404 });
}

function json(response, status, body) {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}

function control(url, response) {
  if (url.pathname === '/control/clock') tokens.ahead = Number(url.searchParams.get('ahead'));
  json(response, 200, url.pathname === '/control/log' ? log : {});
}

/** What of a token a test compares: whose it is, and which one. */
function noted({ method, url, headers }) {
  const [, payload] = (headers.authorization ?? '').split('.');
  const { sub, jti, exp } = payload ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {};
  const kept = Object.entries(headers).filter(([name]) => name !== 'authorization');
  return { method, path: url, user: sub, token: jti, exp, headers: Object.fromEntries(kept) };
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (url.pathname.startsWith('/control/')) return control(url, response);
  const entry = noted(request);
  log.push(entry);
  response.on('finish', () => (entry.status = response.statusCode));
  try {
    await answer(request, response);
  } catch (error) {
    if (response.headersSent) return response.destroy();
    if (error instanceof Refusal) return json(response, error.http, error.body);
    const message = String(error.stack);
    json(response, 500, { statusCode: '500', code: 'InternalError', error: 'Internal', message });
  }
});

listen(server);
