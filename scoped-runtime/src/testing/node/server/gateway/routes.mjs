// The servers of a test's own behind the gateway: which requests they get, which are refused before, and WebSockets.
import { connect } from 'node:net';
import { Refusal, bearer } from './postgrest.mjs';

/** Where a request goes whose path is one of the prefixes, or below it; the longest prefix counts. */
export function routeOf(routes, { pathname, search }) {
  const isBelow = ({ prefix }) => pathname === prefix || pathname.startsWith(`${prefix}/`);
  const [best] = routes.filter(isBelow).sort((one, other) => other.prefix.length - one.prefix.length);
  if (best === undefined) return undefined;
  const { hostname, port, pathname: base } = new URL(best.url);
  const path = base.replace(/\/$/, '') + pathname + search;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), path };
}

class KeyRefusal extends Error {}

/** A preflight has neither a key nor a token. An API key that is sent as a token, too, is not a token. */
export async function admitted({ method, headers }, url, { publishable, secret }, verifyToken) {
  if (method === 'OPTIONS') return;
  const apikey = headers.apikey ?? url.searchParams.get('apikey');
  if (apikey === null) throw new KeyRefusal('No API key found in request');
  if (![publishable, secret].includes(apikey)) throw new KeyRefusal('Invalid API key');
  const token = bearer(headers.authorization);
  if (token !== undefined && token !== apikey) await verifyToken(token);
}

/** Status, headers and body of a refusal, in the words of the service. */
export function refusal({ pathname }, error) {
  if (error instanceof KeyRefusal) return [401, {}, { message: error.message }];
  if (!(error instanceof Refusal)) return [400, {}, { message: `the gateway cannot read the request: ${error.message}` }];
  const { message } = error.body;
  if (pathname.startsWith('/functions/v1')) return [401, {}, { code: 401, message: 'Invalid JWT' }];
  if (pathname.startsWith('/storage/v1')) return [400, {}, { statusCode: '403', error: 'Unauthorized', message }];
  return [401, { 'www-authenticate': error.challenge }, error.body];
}

/** Sends an upgrade on as it came, and then all bytes both ways. */
export function upgrade({ method, rawHeaders }, socket, head, { host, port, path }) {
  const upstream = connect(port, host, () => {
    const lines = rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
    upstream.write(`${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  const gone = () => {
    upstream.destroy();
    socket.destroy();
  };
  upstream.on('error', gone).on('close', gone);
  socket.on('error', gone).on('close', gone);
}
