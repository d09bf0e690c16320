// The official client as a server that a test talks to: `POST /` with one command, answered with its outcome.
// Its configuration is `{ url, key }`, those of the project.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { configuration, listen } from '../node_server.mjs';
import { RealtimeClient, WebSocket } from './packages.mjs';

const { url, key } = await configuration();
const clients = new Map();
const channels = new Map();
/** What each channel heard, in order. */
const heard = new Map();

const COMMANDS = {
  /** Joins `topic` with `token`; `changes` are bindings of Postgres changes. */
  async join({ client: name, token, topic, config = {}, changes = [], vsn = '2.0.0' }) {
    const endpoint = `${url.replace(/^http/, 'ws')}/realtime/v1`;
    const client = clients.get(name) ?? new RealtimeClient(endpoint, { params: { apikey: key }, transport: WebSocket, vsn });
    clients.set(name, client);
    await client.setAuth(token);
    const channel = client.channel(topic, { config });
    const events = [];
    channels.set(`${name} ${topic}`, channel);
    heard.set(`${name} ${topic}`, events);
    channel.on('broadcast', { event: '*' }, ({ event, payload }) => {
      const isBinary = payload instanceof ArrayBuffer || ArrayBuffer.isView(payload);
      events.push({ broadcast: event, payload: isBinary ? [...new Uint8Array(payload)] : payload });
    });
    channel.on('presence', { event: 'join' }, ({ key: who, newPresences }) => events.push({ join: who, said: newPresences }));
    channel.on('presence', { event: 'leave' }, ({ key: who }) => events.push({ leave: who }));
    channel.on('system', {}, ({ extension, status, message }) => events.push({ system: message, extension, status }));
    for (const change of changes) {
      channel.on('postgres_changes', change, ({ eventType, new: row, old }) => events.push({ change: eventType, row, old }));
    }
    return new Promise((done) => {
      channel.subscribe((status, error) => {
        events.push({ status });
        done({ status, error: error?.message });
      });
    });
  },
  send: ({ client, topic, event, payload }) =>
    channels.get(`${client} ${topic}`).send({ type: 'broadcast', event, payload }),
  sendBytes: ({ client, topic, event, bytes }) =>
    channels.get(`${client} ${topic}`).send({ type: 'broadcast', event, payload: new Uint8Array(bytes).buffer }),
  track: ({ client, topic, payload }) => channels.get(`${client} ${topic}`).track(payload),
  untrack: ({ client, topic }) => channels.get(`${client} ${topic}`).untrack(),
  state: ({ client, topic }) => channels.get(`${client} ${topic}`).presenceState(),
  heard: ({ client, topic }) => heard.get(`${client} ${topic}`),
  token: ({ client, token }) => clients.get(client).setAuth(token),
  leave: ({ client }) => clients.get(client).disconnect(),
};

listen(
  createServer(async (request, response) => {
    const { command, ...args } = await json(request);
    let answer;
    try {
      answer = { answer: (await COMMANDS[command](args)) ?? null };
    } catch (error) {
      answer = { error: error.message };
    }
    response.end(JSON.stringify(answer));
  }),
);
