// One channel of one socket: its token, what its user may do, and what it gets.
import { randomInt, randomUUID } from 'node:crypto';
import { Subscription } from './changes.mjs';
import { readable, writable } from './policies.mjs';
import { TokenError } from './tokens.mjs';

/** An error of a join or of a token, in the server's words. */
class Refused extends Error {}

const PRESENCE_CALLS = 5;
const PRESENCE_WINDOW = 30_000;
const MAX_TIMER = 300_000;

const isTrue = (value) => value === true || value === 'true' || value === 'TRUE';

export class Channel {
  constructor(server, socket, joinRef, topic, payload) {
    this.server = server;
    this.socket = socket;
    this.joinRef = joinRef;
    this.topic = topic;
    this.name = topic.replace(/^realtime:/, '');
    const config = payload?.config ?? {};
    this.isPrivate = isTrue(config.private);
    this.echoes = isTrue(config.broadcast?.self);
    this.acknowledges = isTrue(config.broadcast?.ack);
    this.replay = config.broadcast?.replay;
    this.hasPresence = isTrue(config.presence?.enabled);
    this.presenceKey = config.presence?.key || randomUUID();
    this.bindings = Array.isArray(config.postgres_changes) ? config.postgres_changes : [];
    this.presenceCalls = [];
    this.mayWrite = undefined;
    this.subscription = undefined;
  }

  get group() {
    return this.server.group(this.isPrivate, this.name);
  }

  /** The claims of the token that counts: the payload's, else the API key's. */
  async claimsOf(payload) {
    const own = payload?.user_token ?? payload?.access_token;
    if (typeof own !== 'string' || own.startsWith('sb_')) return this.socket.apiKeyClaims;
    return this.server.verifier.verify(own);
  }

  /** Joins, and returns the reply's response; a `Refused` or `TokenError` is the reason why not. */
  async join(payload) {
    const { refuseJoins } = this.server.misbehaviour;
    if (refuseJoins && (refuseJoins.topic ?? this.name) === this.name) throw new Refused(refuseJoins.reason);
    if (this.name === '') throw new Refused('TopicNameRequired: You must provide a topic name');
    this.claims = await this.claimsOf(payload);
    this.token = payload?.access_token;
    if (this.replay && !this.isPrivate) {
      throw new Refused('UnableToReplayMessages: Replay is not allowed for public channels');
    }
    if (this.isPrivate && !(await this.mayRead())) throw this.denied();
    this.server.log.token({ socket: this.socket.id, topic: this.topic, by: 'join', token: this.token, sub: this.claims.sub });
    const ids = this.bindings.map((binding) => ({ id: hashOf(binding), ...described(binding) }));
    return { postgres_changes: ids };
  }

  async mayRead() {
    if (this.claims.role === 'service_role') return true;
    try {
      const may = await readable(this.server.sql, this.name, this.claims, this.hasPresence);
      return may.broadcast || may.presence;
    } catch (error) {
      if (!error.code || /^(08|53|57)/.test(error.code) || error.code.startsWith('CONNECT')) throw new Refused(BUSY);
      // A policy that raises, or a role that does not exist.
      this.server.log.problem(error.message);
      return false;
    }
  }

  denied() {
    return new Refused(`Unauthorized: You do not have permissions to read from this Channel topic: ${this.name}`);
  }

  /** What follows a join that was answered. */
  async joined() {
    this.group.add(this);
    this.watchExpiry();
    if (this.hasPresence) this.push('presence_state', this.group.presence.state());
    if (this.replay) await this.sendReplay();
    if (this.bindings.length > 0) this.subscribe();
  }

  subscribe() {
    this.subscription?.end();
    this.subscription = new Subscription(this);
    this.subscription.start();
  }

  async sendReplay() {
    const { since, limit } = this.replay;
    const rows = await this.server.sql`
      select * from (
        select id, event, payload, inserted_at from realtime.messages
        where topic = ${this.name} and private and event is not null and extension = 'broadcast'
          and inserted_at > to_timestamp(${Number(since) / 1000}) at time zone current_setting('TimeZone')
        order by inserted_at desc limit ${Math.min(limit ?? 25, 25)}
      ) newest order by inserted_at`;
    for (const row of rows) {
      const payload = { ...row.payload, id: row.id };
      this.push('broadcast', { type: 'broadcast', event: row.event, payload, meta: { id: row.id, replayed: true } });
    }
  }

  /** Zero leeway: the channel ends when its token does. */
  watchExpiry() {
    clearTimeout(this.timer);
    const left = this.claims.exp * 1000 - Date.now();
    this.timer = setTimeout(() => {
      const late = Math.floor(Date.now() / 1000 - this.claims.exp);
      if (late < 0) this.watchExpiry();
      else this.fail('system', `Token has expired ${late} seconds ago`);
    }, Math.min(MAX_TIMER, Math.max(left, 0)));
  }

  /** A new token. There is never a reply. */
  async accessToken(payload) {
    const token = payload?.access_token;
    if (typeof token !== 'string' || token.startsWith('sb_') || token === this.token) return;
    this.server.log.token({ socket: this.socket.id, topic: this.topic, by: 'access_token', token });
    try {
      this.claims = await this.server.verifier.verify(token);
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      return this.fail('system', error.message);
    }
    this.token = token;
    this.mayWrite = undefined;
    if (this.isPrivate) {
      let may;
      try {
        may = await this.mayRead();
      } catch {
        return this.fail('system', ':increase_connection_pool');
      }
      if (!may) return this.fail('system', this.denied().message.replace(/^Unauthorized: /, ''));
    }
    this.watchExpiry();
    if (this.bindings.length > 0) setTimeout(() => this.isOpen && this.subscribe(), this.server.time(1000 + randomInt(2000)));
  }

  async mayDo(extension) {
    if (!this.isPrivate || this.claims.role === 'service_role') return true;
    this.mayWrite ??= await writable(this.server.sql, this.name, this.claims, this.hasPresence);
    return this.mayWrite[extension];
  }

  async broadcast({ ref, payload, binary }) {
    if (!(await this.mayDo('broadcast'))) return;
    const size = binary ? binary.bytes.length : Buffer.byteLength(JSON.stringify(payload)) + 100;
    if (size > this.server.limits.payloadKb * 1000 + 500) {
      if (this.acknowledges) this.reply(ref, 'error', 'payload_size_exceeded');
      return;
    }
    this.group.broadcast({ topic: this.topic, payload, binary }, this.echoes ? undefined : this);
    if (this.acknowledges) this.reply(ref, 'ok', {});
  }

  async presence({ ref, payload }) {
    const now = Date.now();
    this.presenceCalls = [...this.presenceCalls.filter((at) => at > now - PRESENCE_WINDOW), now];
    if (this.presenceCalls.length > PRESENCE_CALLS) return this.fail('system', 'Client presence rate limit exceeded');
    if (!(await this.mayDo('presence'))) return this.reply(ref, 'error', {});
    this.hasPresence = true;
    const { presence } = this.group;
    const isTrack = payload?.event === 'track';
    const diff = isTrack ? presence.track(this, this.presenceKey, payload.payload ?? {}) : presence.untrack(this);
    // The difference often comes before the reply.
    if (diff) this.group.presenceDiff(diff);
    this.reply(ref, 'ok', {});
  }

  leave() {
    if (!this.isOpen) return;
    this.end();
  }

  get isOpen() {
    return this.socket.channels.get(this.topic) === this;
  }

  /** Takes the channel out of everything, without a word to its client. */
  end() {
    clearTimeout(this.timer);
    this.subscription?.end();
    if (this.isOpen) this.socket.channels.delete(this.topic);
    this.group.remove(this);
  }

  /** Tells the client why, and closes the channel. */
  fail(extension, message) {
    if (!this.isOpen) return;
    this.system(extension, 'error', message);
    this.end();
    this.push('phx_close', {}, this.joinRef);
  }

  system(extension, status, message) {
    this.push('system', { extension, status, message, channel: this.name });
  }

  reply(ref, status, response) {
    this.push('phx_reply', { status, response }, ref);
  }

  push(event, payload, ref = null) {
    this.socket.send({ joinRef: this.joinRef, ref, topic: this.topic, event, payload });
  }
}

const BUSY = 'IncreaseConnectionPool: Please increase your connection pool size';

function described({ event, schema, table, filter }) {
  const all = { event: event ?? '*', schema, table, filter };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Equal bindings share an id. */
function hashOf(binding) {
  let hash = 7;
  for (const letter of JSON.stringify(described(binding))) hash = (hash * 31 + letter.codePointAt(0)) % 134_217_727;
  return hash;
}

export { Refused, hashOf };
