// Broadcasts over HTTP: a batch, which drops what is denied in silence, and one message, which is answered.
import { buffer } from 'node:stream/consumers';
import { writable } from './policies.mjs';

export async function rest(server, request, { url, path, reply }) {
  if (request.method !== 'POST' || !path.startsWith('/api/broadcast')) return reply(404, { message: 'Not Found' });
  const [, bearer] = /^Bearer (.*)$/i.exec(request.headers.authorization ?? '') ?? [];
  const token = bearer ?? request.headers.apikey;
  let claims = server.verifier.apiKeyClaims(token);
  try {
    claims ??= await server.verifier.verify(token);
  } catch {
    return reply(401, { message: 'Unauthorized' });
  }
  server.log.token({ topic: path, by: 'rest', token, sub: claims.sub });
  const body = await buffer(request);
  const may = async (topic, isPrivate) => {
    if (!isPrivate || claims.role === 'service_role') return true;
    return (await writable(server.sql, topic, claims, false)).broadcast;
  };
  if (path === '/api/broadcast') return batch(server, body, may, reply);
  const [, topic, event] = /^\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(path) ?? [];
  if (topic === undefined) return reply(404, { message: 'Not Found' });
  const name = decodeURIComponent(topic);
  const isPrivate = url.searchParams.get('private') === 'true';
  const type = request.headers['content-type'] ?? '';
  const isJson = type.startsWith('application/json');
  if (!isJson && !type.startsWith('application/octet-stream')) return reply(415, { message: 'Unsupported Media Type' });
  if (!(await may(name, isPrivate))) return reply(403, { message: 'Forbidden' });
  let bytes = body;
  if (isJson) {
    let value;
    try {
      value = JSON.parse(body);
    } catch {
      return reply(422, { errors: { payload: ['is invalid'] } });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) bytes = Buffer.from(JSON.stringify({ _json: value }));
  }
  const binary = { userEvent: decodeURIComponent(event), isJson, bytes };
  server.group(isPrivate, name).broadcast({ topic: `realtime:${name}`, binary });
  return reply(202);
}

async function batch(server, body, may, reply) {
  let messages;
  try {
    ({ messages } = JSON.parse(body));
  } catch {
    messages = undefined;
  }
  const isGood = ({ topic, event, payload }) => typeof topic === 'string' && typeof event === 'string' && typeof payload === 'object';
  if (!Array.isArray(messages) || !messages.every(isGood)) return reply(422, { errors: { messages: ['is invalid'] } });
  for (const { topic, event, payload, private: isPrivate = false } of messages) {
    if (!(await may(topic, isPrivate))) continue;
    const sent = { type: 'broadcast', event, payload };
    server.group(isPrivate, topic).broadcast({ topic: `realtime:${topic}`, payload: sent });
  }
  return reply(202);
}
