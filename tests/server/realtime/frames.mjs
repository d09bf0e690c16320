// The two serialisations of Phoenix messages: 1.0.0 (objects) and 2.0.0 (arrays, and binary frames).

import { SECOND_REF } from './presence.mjs';

/** What a client sent, as `{ joinRef, ref, topic, event, payload }`; `undefined` for what the real server drops. */
export function decode(data, isBinary, version) {
  try {
    if (!isBinary) {
      const message = JSON.parse(data.toString());
      if (version === 2) {
        const [joinRef, ref, topic, event, payload] = message;
        return checked({ joinRef, ref, topic, event, payload });
      }
      const { join_ref: joinRef = null, ref, topic, event, payload } = message;
      return checked({ joinRef, ref, topic, event, payload });
    }
    return version === 2 ? decodeBinary(data) : undefined;
  } catch {
    return undefined;
  }
}

const checked = (message) => (typeof message.topic === 'string' && typeof message.event === 'string' ? message : undefined);

function decodeBinary(data) {
  if (data[0] === 3) {
    const [, joinRefLength, refLength, topicLength, eventLength, metaLength, encoding] = data;
    const take = reader(data, 7);
    const joinRef = take(joinRefLength) || null;
    const ref = take(refLength) || null;
    const topic = take(topicLength);
    const userEvent = take(eventLength);
    take(metaLength);
    const isJson = encoding !== 0;
    return { joinRef, ref, topic, event: 'broadcast', binary: { userEvent, isJson, bytes: take.rest() } };
  }
  if (data[0] === 0) {
    const [, joinRefLength, refLength, topicLength, eventLength] = data;
    const take = reader(data, 5);
    const [joinRef, ref, topic] = [take(joinRefLength) || null, take(refLength) || null, take(topicLength)];
    return { joinRef, ref, topic, event: take(eventLength), raw: take.rest() };
  }
  return undefined;
}

function reader(data, start) {
  let at = start;
  const take = (length) => {
    if (at + length > data.length) throw new Error('truncated');
    at += length;
    return data.toString('utf8', at - length, at);
  };
  take.rest = () => data.subarray(at);
  return take;
}

/** A message of the server as a client of this version gets it. 1.0.0 never has a `join_ref`. */
export function encode({ joinRef = null, ref = null, topic, event, payload }, version) {
  const message = version === 2 ? [joinRef, ref, topic, event, payload] : { topic, event, payload, ref };
  const text = JSON.stringify(message);
  return event.startsWith('presence') ? text.replaceAll(JSON.stringify(SECOND_REF), '"phx_ref"') : text;
}

/** A broadcast with a payload in bytes: kind 04 for 2.0.0; JSON without checks, or nothing, for 1.0.0. */
export function encodeBroadcast({ topic, userEvent, isJson, bytes, meta }, version) {
  if (version !== 2) {
    if (!isJson) return undefined;
    const head = `{"topic":${JSON.stringify(topic)},"event":"broadcast","payload":{"type":"broadcast"`;
    return `${head},"event":${JSON.stringify(userEvent)},"payload":${bytes}},"ref":null}`;
  }
  const parts = [topic, userEvent, meta === undefined ? '' : JSON.stringify(meta)].map((part) => Buffer.from(part));
  const head = Buffer.from([4, ...parts.map((part) => part.length), isJson ? 1 : 0]);
  return Buffer.concat([head, ...parts, bytes]);
}

/** Kind 02, which a push of kind 00 becomes. */
export function encodeRaw({ topic, event, bytes }) {
  const parts = [topic, event].map((part) => Buffer.from(part));
  return Buffer.concat([Buffer.from([2, ...parts.map((part) => part.length)]), ...parts, bytes]);
}
