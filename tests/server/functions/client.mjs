// Calls functions with the official client, as a Rust test says.
//
// In:  { url, key, token, calls: [{ name, options, bytes, form }] }; `bytes` is base64, and `form` has texts and files
// Out: for each call { data, error } as the official client sees them
import { json } from 'node:stream/consumers';
import { load } from '../peers/packages.mjs';

const { FunctionsClient } = load('@supabase/functions-js');
const { createParser } = load('eventsource-parser');
const { url, key, token, calls } = await json(process.stdin);

const headers = { apikey: key, authorization: `Bearer ${token}` };
const client = new FunctionsClient(`${url}/functions/v1`, { headers });

/** The parts of a form: texts, and files as `{ name, type, text }`. */
function formOf(parts) {
  const form = new FormData();
  for (const [name, part] of parts) {
    if (typeof part === 'string') form.append(name, part);
    else form.append(name, new Blob([part.text], { type: part.type }), part.name);
  }
  return form;
}

async function seen(data) {
  if (data instanceof Response) {
    const events = [];
    const parser = createParser({ onEvent: ({ event = 'message', data }) => events.push({ event, data }) });
    for await (const part of data.body.pipeThrough(new TextDecoderStream())) parser.feed(part);
    return { events };
  }
  if (data instanceof Blob) return { bytes: Buffer.from(await data.arrayBuffer()).toString('base64') };
  return typeof data === 'string' ? { text: data } : { json: data };
}

const results = [];
for (const { name, options = {}, bytes, form } of calls) {
  if (bytes !== undefined) options.body = Uint8Array.from(Buffer.from(bytes, 'base64')).buffer;
  if (form !== undefined) options.body = formOf(form);
  const { data, error, response } = await client.invoke(name, options);
  results.push(
    error
      ? { error: { name: error.name, status: response?.status ?? null, body: response ? await response.text() : null } }
      : { data: await seen(data) },
  );
}
process.stdout.write(JSON.stringify(results));
