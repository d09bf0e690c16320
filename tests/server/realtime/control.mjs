// What a test may ask of the server, and tell it to do: `POST /control`, one object with one member.

const ACTIONS = {
  misbehave: (server, settings) => server.misbehaviour.set(settings),
  log: (server, clear) => {
    const { tokens, frames, sockets, problems } = server.log;
    if (clear === 'clear') server.log.clear();
    return { tokens, frames, sockets, problems, open: server.sockets.size };
  },
  keepFrames: (server, keeps) => (server.log.keepsFrames = keeps),
  /** Ends all connections without a word. */
  drop: (server) => server.sockets.forEach(({ ws }) => ws.terminate()),
  close: (server, code) => server.sockets.forEach(({ ws }) => ws.close(code)),
  /** Sends text, or bytes in base64, to every socket as one frame. */
  send: (server, { text, base64 }) => {
    const data = text ?? Buffer.from(base64, 'base64');
    server.sockets.forEach((socket) => socket.write(data));
  },
  /** Sends a text frame with this many bytes. */
  huge: (server, bytes) => server.sockets.forEach(({ ws }) => ws.send('x'.repeat(bytes))),
  /** Begins a frame of 100 bytes and ends the connection in its middle. */
  cut: (server) =>
    server.sockets.forEach(({ ws }) => {
      ws._socket.write(Buffer.concat([Buffer.from([0x81, 100]), Buffer.alloc(50, 0x78)]));
      ws._socket.end();
    }),
  /** Closes every channel of a topic, with the message of a system event. */
  fail: (server, { topic, message }) => channels(server, topic).forEach((channel) => channel.fail('system', message)),
  system: (server, { topic, extension, status, message }) =>
    channels(server, topic).forEach((channel) => channel.system(extension, status, message)),
  /** Drops the channels of a topic without a word, as when the server restarts behind the gateway. */
  forget: (server, topic) => channels(server, topic).forEach((channel) => channel.end()),
  crash: (server, topic) =>
    channels(server, topic).forEach((channel) => {
      channel.end();
      channel.push('phx_error', { reason: 'channel_crash' }, channel.joinRef);
    }),
  /** As when a setting of the tenant changes: a word, then 1012. */
  restart: (server) =>
    server.sockets.forEach((socket) => {
      for (const { topic } of socket.channels.values()) {
        const payload = { extension: 'system', status: 'ok', message: 'Server requested disconnect' };
        socket.send({ topic, event: 'system', payload });
      }
      socket.ws.close(1012);
    }),
  /** Sends this many broadcasts to each of the public topics, as fast as their sockets take them. */
  flood: async (server, { topics, count, bytes }) => {
    const text = 'x'.repeat(bytes);
    for (let n = 0; n < count; n += 1) {
      for (const topic of topics) {
        const payload = { type: 'broadcast', event: 'flood', payload: { n, text } };
        server.group(false, topic).broadcast({ topic: `realtime:${topic}`, payload });
      }
      while ([...server.sockets].some(({ ws }) => ws.bufferedAmount > 1_000_000)) {
        await new Promise((done) => setTimeout(done, 1));
      }
    }
  },
  limits: (server, limits) => Object.assign(server.limits, limits),
  idle: (server, idle) => (server.idle = idle),
  scale: (server, scale) => (server.scale = scale),
  publish: (server, table) => server.publish(table),
  members: (server, { topic, isPrivate }) => server.group(isPrivate, topic).members.size,
};

const channels = (server, topic) =>
  [...server.sockets].map((socket) => socket.channels.get(`realtime:${topic}`)).filter((channel) => channel);

export async function control(server, question) {
  const [[name, value]] = Object.entries(question);
  const result = await ACTIONS[name](server, value);
  return { [name]: result ?? null };
}
