// A project's Edge Functions. The gateway's part comes first: it verifies the token, and knows which functions there
// are. `public` has no token verified, as after `supabase functions deploy --no-verify-jwt`.
//
// Configuration: { secret, keys, publishable }, of which `secret` or `keys` verifies tokens.
// `GET /control/log` returns what has arrived, `POST /control/release?hold=..` lets a held function go on.
import { createServer } from 'node:http';
import { configuration, listen } from '../node_server.mjs';
import { functions } from './functions.mjs';
import { Refusal, verifier } from './tokens.mjs';

const verify = verifier(await configuration());
const log = [];
const waiting = new Map();

/** Waits until the name is released; at once without a name. */
const held = (name) => name === null || new Promise((resolve) => waiting.set(name, resolve));

function control(url, response) {
  const answer = (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.pathname === '/control/log') return answer(log);
  const release = waiting.get(url.searchParams.get('hold'));
  release?.();
  return answer({ released: release !== undefined });
}

async function call(request, response, url) {
  const [name] = url.pathname.slice('/functions/v1/'.length).split('/').map(decodeURIComponent);
  const claims = await verify(request.headers);
  if (claims === undefined && name !== 'public') {
    throw new Refusal(401, 401, 'Missing authorization header');
  }
  const run = name === 'public' ? functions.hello : Object.hasOwn(functions, name) && functions[name];
  if (!run) throw new Refusal(404, 'NOT_FOUND', 'Requested function was not found');
  const entry = { name, method: request.method, user: claims?.sub, token: claims?.jti, exp: claims?.exp };
  log.push(entry);
  await run(request, response, { url, claims, held, log: entry });
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/control/')) return control(url, response);
  try {
    await call(request, response, url);
  } catch (error) {
    if (response.headersSent) return response.destroy();
    const { status = 500, code = 'EDGE_FUNCTION_ERROR', message } = error instanceof Refusal ? error : {};
    const headers = { 'content-type': 'application/json', 'sb-error-code': String(code) };
    response.writeHead(status, headers).end(JSON.stringify({ code, message: message ?? 'Internal Server Error' }));
  }
});

listen(server);
