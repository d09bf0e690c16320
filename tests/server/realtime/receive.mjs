// The official client as the benchmark runs it: joins channels, says so, and says what it took to get all messages.
import { RealtimeClient, WebSocket } from './packages.mjs';

const [channels, messages, key, url] = process.argv.slice(2);
const client = new RealtimeClient(`${url.replace('http', 'ws')}/realtime/v1`, { params: { apikey: key }, transport: WebSocket });
const join = (name, onMessage) =>
  new Promise((done) => {
    client
      .channel(name)
      .on('broadcast', { event: 'flood' }, onMessage)
      .subscribe((status) => status === 'SUBSCRIBED' && done());
  });
const memory = () => process.memoryUsage().rss / 1024;

let count = 0;
let start;
let perChannel;
const heard = ({ payload }) => {
  count += Number.isInteger(payload.n);
  if (count < channels * messages) return;
  const { user, system } = process.cpuUsage(start);
  console.log(JSON.stringify({ messages: count, cpu: (user + system) / 1e6, per_channel: perChannel, memory: memory() }));
  process.exit();
};
await join('first', () => {});
const before = memory();
for (let n = 0; n < channels; n += 1) await join(`bench ${n}`, heard);
perChannel = (memory() - before) / channels;
start = process.cpuUsage();
console.log('ready');
