// Runs calls of the official client, as { url, token, apikey, calls: [{ bucket, method, args }] } says, and returns what
// each returned. Bytes travel as base64, `{ bytes }` in either direction.
import { json } from 'node:stream/consumers';
import { load } from '../peers/packages.mjs';

const { StorageClient } = load('@supabase/storage-js');
const { url, token, apikey, calls } = await json(process.stdin);
const client = new StorageClient(`${url}/storage/v1`, { authorization: `Bearer ${token}`, apikey });

const given = (argument) => (argument?.bytes === undefined ? argument : Buffer.from(argument.bytes, 'base64'));

async function returned({ data, error, ...rest }) {
  if (error) return { error: { message: error.message, status: error.status, statusCode: error.statusCode } };
  if (data instanceof Blob) return { data: { bytes: Buffer.from(await data.arrayBuffer()).toString('base64') } };
  return { data, ...rest };
}

const results = [];
for (const { bucket, method, args } of calls) {
  const target = bucket === undefined ? client : client.from(bucket);
  const answer = await target[method](...args.map(given));
  results.push(await returned(answer));
}
process.stdout.write(JSON.stringify(results));
