// One WebSocket connection: its channels, and the order of what happens on it.
import { Channel, Refused } from './channel.mjs';
import { decode, encode, encodeRaw } from './frames.mjs';
import { TokenError } from './tokens.mjs';

let lastId = 0;

export class Socket {
  constructor(server, ws, version, apiKeyClaims) {
    this.server = server;
    this.ws = ws;
    this.id = lastId += 1;
    this.version = version;
    this.apiKeyClaims = apiKeyClaims;
    this.channels = new Map();
    /** What is to be sent once a refused join has been answered. */
    this.held = undefined;
    this.turn = Promise.resolve();
    ws.on('message', (data, isBinary) => this.receive(data, isBinary));
    ws.on('ping', () => this.alive());
    ws.on('close', () => this.closed());
    ws.on('error', () => {});
    this.alive();
  }

  /** Only what the client sends counts. */
  alive() {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.ws.close(1000, ''), this.server.idle);
  }

  receive(data, isBinary) {
    const { misbehaviour, log } = this.server;
    if (misbehaviour.silence) return;
    this.alive();
    log.frame(this.id, 'in', isBinary ? data : data.toString());
    const message = decode(data, isBinary, this.version);
    if (message === undefined || misbehaviour.unanswered.includes(message.event)) return;
    // One after the other: while a join is refused, nothing else is done.
    this.turn = this.turn.then(() => this.handle(message)).catch((error) => console.error(error));
  }

  async handle(message) {
    const { joinRef, ref, topic, event, payload } = message;
    if (topic === 'phoenix') return this.send({ ref, topic, event: 'phx_reply', payload: { status: 'ok', response: {} } });
    if (event === 'phx_join') return this.join(message);
    const channel = this.channels.get(topic);
    if (channel === undefined) {
      const isLeave = event === 'phx_leave';
      const response = isLeave ? {} : { reason: 'unmatched topic' };
      return this.send({ joinRef, ref, topic, event: 'phx_reply', payload: { status: isLeave ? 'ok' : 'error', response } });
    }
    if (joinRef !== null && joinRef !== channel.joinRef) return undefined;
    switch (event) {
      case 'phx_leave':
        channel.reply(ref, 'ok', {});
        channel.end();
        return channel.push('phx_close', {}, channel.joinRef);
      case 'access_token':
        return channel.accessToken(payload);
      case 'broadcast':
        return channel.broadcast(message);
      case 'presence':
        return channel.presence(message);
      default:
        if (message.raw) this.server.rawTo(channel, message, encodeRaw);
        return undefined;
    }
  }

  async join({ joinRef, ref, topic, payload }) {
    const channel = new Channel(this.server, this, joinRef ?? ref, topic, payload);
    try {
      const response = await channel.join(payload);
      const old = this.channels.get(topic);
      this.channels.set(topic, channel);
      channel.reply(ref, 'ok', response);
      if (old) {
        old.end();
        this.channels.set(topic, channel);
        old.push('phx_close', {}, old.joinRef);
      }
      await channel.joined();
    } catch (error) {
      const isKnown = error instanceof Refused || error instanceof TokenError;
      if (!isKnown) console.error(error);
      const reason = isKnown ? (error.reason ?? error.message) : 'Unknown Error on Channel';
      this.server.log.token({ socket: this.id, topic, by: 'refused join', token: payload?.access_token, reason });
      // The whole socket waits meanwhile: nothing in, nothing out.
      this.held ??= [];
      await new Promise((done) => setTimeout(done, this.server.time(5000)));
      const { held } = this;
      this.held = undefined;
      channel.reply(ref, 'error', { reason });
      held.forEach((frame) => this.write(frame));
    }
  }

  send(message) {
    this.write(encode(message, this.version));
  }

  write(data) {
    if (this.held !== undefined) return void this.held.push(data);
    this.server.log.frame(this.id, 'out', data);
    this.server.misbehaviour.send(this.ws, data);
  }

  closed() {
    clearTimeout(this.idle);
    this.server.sockets.delete(this);
    for (const channel of [...this.channels.values()]) channel.end();
    this.server.log.socket({ id: this.id, event: 'closed' });
  }
}
