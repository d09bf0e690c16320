// A server that speaks Supabase Realtime's protocol, as `realtime-facts` says the real one does.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { hashOf } from './channel.mjs';
import { deliver } from './changes.mjs';
import { control } from './control.mjs';
import { Group } from './group.mjs';
import { Log } from './log.mjs';
import { Misbehaviour } from './misbehaviour.mjs';
import { WebSocketServer, postgres } from './packages.mjs';
import { rest } from './rest.mjs';
import { prepare, publish } from './schema.mjs';
import { Socket } from './socket.mjs';
import { TokenError, Verifier } from './tokens.mjs';

const MAX_FRAME = 5_000_000;

export class Server {
  groups = new Map();
  sockets = new Set();
  subscriptions = new Set();
  published = new Set();
  log = new Log();
  misbehaviour = new Misbehaviour();
  limits = { payloadKb: 3000 };

  /**
   * `setup` is SQL to run first; `scale` shortens the server's own waits: 1 is what the real one takes;
   * `idle` is after how many milliseconds without a frame it closes a socket. */
  constructor({ database, keys, secret, apiKeys, setup = '', tables = [], scale = 1, idle = 60_000 }) {
    this.sql = postgres(database, { max: 4, onnotice: () => {} });
    this.verifier = new Verifier({ keys, secret, apiKeys });
    this.setup = setup;
    this.tables = tables;
    this.scale = scale;
    this.idle = idle;
    this.ws = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME });
    this.http = createServer((request, response) => this.#answer(request, response));
    this.http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  time(milliseconds) {
    return milliseconds * this.scale;
  }

  idOf(binding) {
    return hashOf(binding);
  }

  group(isPrivate, name) {
    const key = `${isPrivate} ${name}`;
    if (!this.groups.has(key)) this.groups.set(key, new Group());
    return this.groups.get(key);
  }

  async start(port = 0) {
    await prepare(this.sql);
    await this.sql.unsafe(this.setup);
    for (const table of this.tables) await this.publish(table);
    await this.#listen();
    this.http.listen(port, '127.0.0.1');
    await once(this.http, 'listening');
    return this.http.address().port;
  }

  async publish(table) {
    await publish(this.sql, table);
    this.published.add(table);
  }

  async #listen() {
    const [{ last }] = await this.sql`select coalesce(max(id), 0) as last from realtime.server_changes`;
    let after = last;
    let turn = Promise.resolve();
    await this.sql.listen('realtime_server_changes', () => {
      turn = turn.then(async () => (after = await deliver(this, after))).catch((error) => console.error(error));
    });
    await this.sql.listen('realtime_server_messages', (id) => this.#sendMessage(id).catch((error) => console.error(error)));
  }

  /** What SQL sent with `realtime.send`. */
  async #sendMessage(id) {
    const [row] = await this.sql`select * from realtime.messages where id = ${id}`;
    if (!row) return;
    const isJson = row.binary_payload === null;
    const bytes = isJson ? Buffer.from(JSON.stringify({ ...row.payload, id: row.payload.id ?? id })) : row.binary_payload;
    const binary = { userEvent: row.event, isJson, bytes, meta: { id } };
    this.group(row.private, row.topic).broadcast({ topic: `realtime:${row.topic}`, binary });
  }

  rawTo(channel, { event, raw }, encode) {
    for (const member of channel.group.members) {
      if (member !== channel) member.socket.write(encode({ topic: channel.topic, event, bytes: raw }));
    }
  }

  #path(request) {
    const url = new URL(request.url, 'http://127.0.0.1');
    return { url, path: url.pathname.replace(/^\/realtime\/v1/, '').replace(/^\/socket/, '') };
  }

  async #answer(request, response) {
    const reply = (status, body, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    try {
      const { url, path } = this.#path(request);
      if (path === '/control') return reply(200, await control(this, await json(request)));
      await rest(this, request, { url, path, reply });
    } catch (error) {
      reply(500, { message: error.message });
    }
  }

  async #upgrade(request, socket, head) {
    const { url, path } = this.#path(request);
    const refuse = (status, body) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const type = 'content-type: application/json\r\n';
      socket.end(`HTTP/1.1 ${status} Refused\r\n${type}content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`);
    };
    socket.on('error', () => {});
    const { misbehaviour } = this;
    if (!misbehaviour.accept) return undefined;
    if (misbehaviour.refuse) return refuse(misbehaviour.refuse.status, misbehaviour.refuse.body);
    const version = url.searchParams.get('vsn') ?? '1.0.0';
    // Phoenix has no route for another path.
    if (path !== '/websocket') return refuse(404);
    if (!/^[12]\.0\./.test(version)) return refuse(403);
    const refuseLate = (error) => setTimeout(() => refuse(401, { error }), this.time(2000));
    const key = request.headers['x-api-key'] ?? url.searchParams.get('apikey');
    if (key === null) return refuseLate('API key is missing');
    let claims = this.verifier.apiKeyClaims(key);
    try {
      claims ??= await this.verifier.verify(key);
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      return refuseLate(error.message.replace(/ \d+ seconds ago$/, ''));
    }
    this.ws.handleUpgrade(request, socket, head, (ws) => {
      const opened = new Socket(this, ws, version.startsWith('2') ? 2 : 1, claims);
      this.sockets.add(opened);
      // Headers, so that a test can see that no token of a user is among them.
      const { headers } = request;
      this.log.socket({ id: opened.id, event: 'opened', url: request.url, headers });
    });
  }
}
