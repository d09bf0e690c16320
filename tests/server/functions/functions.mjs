// The functions of the server: one for every shape of answer, and for everything that can go wrong.
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS_TYPE = { 'content-type': 'text/event-stream' };

function json(response, status, body, headers = {}) {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body));
}

/**
 * Writes the same bytes for longer than any client may wait, as fast as the client reads. It ends at last, so that a
 * client without a limit fails its test instead of filling the memory.
 */
async function endless(response, text, log, most = 1 << 30) {
  const part = Buffer.from(text.repeat(Math.ceil(16384 / text.length)));
  while (!response.destroyed) {
    if (log.written > most) return response.end();
    log.written = (log.written ?? 0) + part.length;
    if (!response.write(part)) await Promise.race([once(response, 'drain'), once(response, 'close')]).catch(() => {});
  }
}

/** What a hostile or broken function sends as server-sent events, by the parameter `as`. */
const EVENTS = {
  line: (response, log) => endless(response, 'x', log, 64 << 20),
  data: (response, log) => endless(response, 'data: xxxxxxxxxxxxxxx\n', log, 64 << 20),
  html: (response) => response.end('<html>'),
  cut: (response) => {
    response.write('data: one\n\ndata: tw');
    setImmediate(() => response.destroy());
  },
  unfinished: (response) => response.end('data: one\n\ndata: two\n'),
};

export const functions = {
  async echo(request, response, { url, claims }) {
    const body = await buffer(request);
    json(response, 200, {
      method: request.method,
      path: url.pathname,
      query: [...url.searchParams],
      headers: request.headers,
      text: body.toString(),
      bytes: body.length,
      user: claims?.sub ?? null,
    }, { 'x-sb-edge-region': request.headers['x-region'] ?? 'local' });
  },
  /** Says whose token it was called with. */
  async hello(request, response, { claims }) {
    const body = await buffer(request);
    const { name = 'stranger' } = body.length > 0 ? JSON.parse(body) : {};
    json(response, 200, { message: `Hello ${name}`, user: claims?.sub ?? null, token: claims?.jti ?? null });
  },
  /** As `examples/live/function.ts`. */
  'scoped-live': (_, response, { claims }) => json(response, 200, { user: claims?.sub }),
  text: (_, response) => response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('grüße'),
  bytes: (_, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(Buffer.from(Array.from({ length: 256 }, (_, at) => at)));
  },
  empty: (_, response) => response.writeHead(204).end(),
  html: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>not json</html>'),
  deep: (_, response) => response.writeHead(200, JSON_TYPE).end('['.repeat(100_000) + ']'.repeat(100_000)),
  endless: (_, response, { log }) => endless(response.writeHead(200), 'x', log),
  /** Counts the bytes of its body as they arrive. */
  async count(request, response) {
    let bytes = 0;
    for await (const part of request) bytes += part.length;
    json(response, 200, { bytes });
  },
  /** Two parts; the second waits until it is released at `/control/release`, if `hold` names it. */
  async stream(_, response, { url, held }) {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('one ');
    await held(url.searchParams.get('hold'));
    response.end('two');
  },
  /** Events as the standard allows them, or as `EVENTS` makes them; `hold` as above. */
  async events(_, response, { url, held, log }) {
    const as = url.searchParams.get('as');
    response.writeHead(200, as === 'html' ? { 'content-type': 'text/html' } : EVENTS_TYPE);
    if (as) return EVENTS[as](response, log);
    response.write('\uFEFF: a comment\r\nretry: 250\r\nid: 1\r\nevent: delta\r\ndata: {"text":"grü');
    response.write('ße"}\r\n\r\n');
    await held(url.searchParams.get('hold'));
    response.end('data\ndata:second line\n\nid\ndata: [DONE]\n\n');
  },
  /** Closes the connection in the middle of its answer. */
  cut(_, response, { url }) {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': url.searchParams.get('length') ?? '100' });
    response.write('{"cut":');
    setImmediate(() => response.destroy());
  },
  /** Sends the words of its body as events, one after the other, and says at last for whom. */
  async words(request, response, { claims }) {
    const { text } = JSON.parse(await buffer(request));
    response.writeHead(200, EVENTS_TYPE);
    for (const word of text.split(' ')) {
      response.write(`event: word\ndata: ${JSON.stringify(word)}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    response.end(`event: done\ndata: ${JSON.stringify({ user: claims?.sub })}\n\n`);
  },
  /** Fails with its own answer: `status`, and `as` for what the body is. */
  fails: (_, response, { url }) => {
    const status = Number(url.searchParams.get('status') ?? 500);
    const body = {
      json: { code: 'too_many_rows', error: 'there are too many rows', rows: 7 },
      message: { message: 'the message' },
      nested: { error: { message: 'the nested message', code: 7 } },
    }[url.searchParams.get('as') ?? 'json'];
    if (body) return json(response, status, body, { 'sb-error-code': 'EDGE_FUNCTION_ERROR' });
    if (url.searchParams.get('as') === 'huge') return response.writeHead(status).end('x'.repeat(1 << 20));
    return response.writeHead(status, { 'content-type': 'text/plain' }).end('it did\nnot work');
  },
  /** What the relay answers when it could not run the function. */
  relay: (_, response, { url }) => {
    const status = Number(url.searchParams.get('status') ?? 500);
    response.writeHead(status, { 'x-relay-error': 'true', 'content-type': 'text/plain' }).end('Internal Server Error');
  },
  redirect: (_, response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
  /** Never answers. */
  silent: () => {},
};
