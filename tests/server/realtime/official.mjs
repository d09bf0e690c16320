// The official client passes against our server: so it is shaped by the protocol, not by our own client.
// Standard input is `{"database":..}`, a PostgreSQL as superuser; standard output says what was seen.
import { readFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { RealtimeClient, WebSocket, jose, postgres } from './packages.mjs';
import { Server } from './server.mjs';

const ALICE = 'a11ce000-0000-4000-8000-000000000001';
const BOB = 'b0b00000-0000-4000-8000-000000000002';
const MALLORY = '0dd00000-0000-4000-8000-000000000003';
const SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const KEY = 'sb_publishable_official';

const { database } = await json(process.stdin);
const setup = readFileSync(new URL('migrations/20270101000000_rooms.sql', import.meta.url), 'utf8');
const tables = ['public.room_notes'];
const server = new Server({ database, secret: SECRET, apiKeys: { [KEY]: 'anon' }, setup, tables, scale: 0.02 });
const port = await server.start();
const sql = postgres(database, { max: 1, onnotice: () => {} });
await sql`insert into room_members (topic, user_id) values ('official', ${ALICE}), ('official', ${BOB}) on conflict do nothing`;

const seen = [];
const token = (sub, seconds = 3600) =>
  new jose.SignJWT({ role: 'authenticated', sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(SECRET));

function check(isTrue, what) {
  if (!isTrue) throw new Error(`FAILED: ${what} ${server.log.problems}`);
  seen.push(what);
}

/** The first value for which `found` says yes, within ten seconds. */
async function until(found, what) {
  for (let tries = 0; tries < 1000; tries += 1) {
    const value = found();
    if (value) return value;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`FAILED: waited in vain: ${what}`);
}

async function client(sub, vsn) {
  const one = new RealtimeClient(`ws://127.0.0.1:${port}/realtime/v1`, { params: { apikey: KEY }, transport: WebSocket, vsn });
  await one.setAuth(await token(sub));
  return one;
}

function subscribe(channel) {
  return new Promise((done) => {
    channel.subscribe((status, error) => {
      if (status !== 'CLOSED') done({ status, error });
    });
  });
}

async function broadcastAndPresence(vsn) {
  const [alice, bob] = [await client(ALICE, vsn), await client(BOB, vsn)];
  const config = (key) => ({ config: { private: true, broadcast: { ack: true, self: true }, presence: { key, enabled: true } } });
  const [left, right] = [alice.channel('official', config('alice')), bob.channel('official', config('bob'))];
  const got = [];
  right.on('broadcast', { event: 'hello' }, (message) => got.push(message));
  const own = [];
  left.on('broadcast', { event: 'hello' }, (message) => own.push(message));
  let joins = [];
  let leaves = [];
  left.on('presence', { event: 'join' }, ({ key }) => joins.push(key));
  left.on('presence', { event: 'leave' }, ({ key }) => leaves.push(key));
  check((await subscribe(left)).status === 'SUBSCRIBED', `${vsn}: a member joins a private channel`);
  check((await subscribe(right)).status === 'SUBSCRIBED', `${vsn}: so does another`);
  check((await left.send({ type: 'broadcast', event: 'hello', payload: { n: 1 } })) === 'ok', `${vsn}: an acknowledged broadcast`);
  await until(() => got.length === 1 && got[0].payload.n === 1, 'the broadcast');
  check(own.length === 1, `${vsn}: the sender hears itself`);
  check((await left.track({ at: 'desk' })) === 'ok', `${vsn}: presence is tracked`);
  check((await right.track({ at: 'door' })) === 'ok', `${vsn}: and that of another`);
  await until(() => joins.includes('bob') && right.presenceState().alice?.[0]?.at === 'desk', 'the presence state');
  check((await right.untrack()) === 'ok', `${vsn}: presence ends`);
  await until(() => leaves.includes('bob'), 'the leave');
  await sql`select realtime.send('{"from":"sql"}'::jsonb, 'hello', 'official', true)`;
  await until(() => got.some(({ payload }) => payload.from === 'sql'), 'a broadcast of the database');
  seen.push(`${vsn}: a broadcast of the database arrives`);
  const answer = await right.httpSend('hello', { by: 'rest' }).catch((error) => error);
  check(answer.success === true, `${vsn}: a broadcast over REST is taken`);
  await until(() => own.some(({ payload }) => payload.by === 'rest'), 'the broadcast over REST');
  await Promise.all([alice.disconnect(), bob.disconnect()]);
}

async function refusal() {
  const mallory = await client(MALLORY, '2.0.0');
  const { status, error } = await subscribe(mallory.channel('official', { config: { private: true } }));
  check(status === 'CHANNEL_ERROR', 'a stranger is refused');
  check(/do not have permissions to read/.test(error?.message), 'with the reason');
  await mallory.disconnect();
}

async function changes() {
  const [alice, bob] = [await client(ALICE, '2.0.0'), await client(BOB, '2.0.0')];
  const heard = { alice: [], bob: [] };
  for (const [name, one] of Object.entries({ alice, bob })) {
    const channel = one.channel(`notes of ${name}`);
    let isReady = false;
    channel.on('postgres_changes', { event: '*', schema: 'public', table: 'room_notes' }, (change) => heard[name].push(change));
    channel.on('system', {}, ({ extension, status }) => (isReady ||= extension === 'postgres_changes' && status === 'ok'));
    check((await subscribe(channel)).status === 'SUBSCRIBED', `${name} subscribes to changes`);
    await until(() => isReady, 'the subscription to changes');
  }
  // The server asks the table when it delivers, so each change is awaited before the row changes again.
  await sql`insert into room_notes (id, owner, body) values (1, ${ALICE}, 'first')`;
  await until(() => heard.alice.length === 1, 'the insert');
  await sql`update room_notes set body = 'second' where id = 1`;
  await until(() => heard.alice.length === 2, 'the update');
  await sql`delete from room_notes where id = 1`;
  await until(() => heard.alice.length === 3 && heard.bob.length === 1, 'the deletion');
  const kinds = heard.alice.map(({ eventType }) => eventType).join();
  check(kinds === 'INSERT,UPDATE,DELETE', 'an owner hears of each change');
  check(heard.alice[1].old.body === 'first' && heard.alice[1].new.body === 'second', 'with the old row');
  check(heard.bob[0].eventType === 'DELETE' && Object.keys(heard.bob[0].old).join() === 'id', 'another of the deletion alone');
  await Promise.all([alice.disconnect(), bob.disconnect()]);
}

async function renewal() {
  const alice = await client(ALICE, '2.0.0');
  await alice.setAuth(await token(ALICE, 3));
  const states = [];
  const channel = alice.channel('official', { config: { private: true } });
  const system = [];
  channel.on('system', {}, ({ message }) => system.push(message));
  await new Promise((done) => channel.subscribe((status) => (states.push(status), done())));
  await alice.setAuth(await token(ALICE, 4));
  await until(() => states.includes('CLOSED'), 'the end of the token');
  check(system.some((message) => /Token has expired \d+ seconds ago/.test(message)), 'a token that ends closes its channel');
  const pushed = server.log.tokens.filter(({ by }) => by === 'access_token');
  check(pushed.length > 0, 'a renewed token is pushed');
  await alice.disconnect();
}

for (const step of [() => broadcastAndPresence('2.0.0'), () => broadcastAndPresence('1.0.0'), refusal, changes, renewal]) {
  await step();
}
console.log(JSON.stringify(seen));
process.exit(0);
