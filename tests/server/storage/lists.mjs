// Listings: version 1 by folder without regard to case, version 2 by prefix in the order of bytes.
import { json } from 'node:stream/consumers';
import { row } from './store.mjs';

const MOST = 1000;
const folded = (text) => text.toLowerCase();
const order = (a, b) => (a < b ? -1 : Number(a > b));

export async function list({ store, request, user, bucket: name }) {
  const { prefix = '', limit = 100, offset = 0, search = '', sortBy = {} } = await json(request);
  const bucket = store.find(name);
  const start = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const rows = new Map();
  for (const object of bucket ? store.visible(bucket, user) : []) {
    if (!folded(object.name).startsWith(folded(start + search))) continue;
    const [first, ...deeper] = object.name.slice(start.length).split('/');
    const folder = { name: first, id: null, created_at: null, updated_at: null, last_accessed_at: null, metadata: null };
    rows.set(first, deeper.length > 0 ? folder : row(object, first));
  }
  const { column = 'name', order: direction = 'asc' } = sortBy;
  const sorted = [...rows.values()].sort((a, b) => order(folded(a[column] ?? ''), folded(b[column] ?? '')));
  return (direction === 'desc' ? sorted.reverse() : sorted).slice(offset, offset + limit);
}

export async function listV2({ store, request, user, bucket: name }) {
  const { prefix = '', limit = MOST, cursor, with_delimiter: delimiter = false, sortBy = {} } = await json(request);
  const bucket = store.find(name);
  const { column = 'name', order: direction = 'asc' } = sortBy;
  const sign = direction === 'desc' ? -1 : 1;
  const by = (entry) => [entry.sort, entry.key];
  const compare = (a, b) => sign * (order(a[0], b[0]) || order(a[1], b[1]));
  const entries = new Map();
  for (const object of bucket ? store.visible(bucket, user) : []) {
    if (!object.name.startsWith(prefix)) continue;
    const end = delimiter ? object.name.indexOf('/', prefix.length) : -1;
    const key = end < 0 ? object.name : object.name.slice(0, end + 1);
    const sort = column === 'name' || end >= 0 ? key : object[column];
    entries.set(key, { key, sort, object: end < 0 ? object : undefined });
  }
  const after = cursor && JSON.parse(Buffer.from(cursor, 'base64').toString());
  const sorted = [...entries.values()].sort((a, b) => compare(by(a), by(b)));
  const rest = sorted.filter((entry) => after === undefined || compare(by(entry), after) > 0);
  const page = rest.slice(0, Math.min(limit, MOST));
  const hasNext = rest.length > page.length;
  const last = page.at(-1);
  return {
    hasNext,
    ...(hasNext && { nextCursor: Buffer.from(JSON.stringify(by(last))).toString('base64'), nextCursorKey: last.key }),
    folders: page.filter(({ object }) => !object).map(({ key }) => ({ name: key, key })),
    objects: page.filter(({ object }) => object).map(({ object, key }) => ({ ...row(object, key), ...(delimiter && { key }) })),
  };
}
