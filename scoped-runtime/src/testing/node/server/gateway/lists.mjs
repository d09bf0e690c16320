// Storage's listings of objects, `{ name, created_at, .. }`: version 1 by folder without regard to case, version 2 by
// prefix in the order of bytes.
const MOST = 1000;
const folded = (text) => text.toLowerCase();
const order = (a, b) => (a < b ? -1 : Number(a > b));
const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function listFolder(objects, { prefix = '', limit = 100, offset = 0, search = '', sortBy = {} }) {
  const start = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const rows = new Map();
  for (const object of objects.filter(({ name }) => folded(name).startsWith(folded(start + search)))) {
    const [name, ...deeper] = object.name.slice(start.length).split('/');
    const folder = { name, id: null, created_at: null, updated_at: null, last_accessed_at: null, metadata: null };
    rows.set(name, deeper.length > 0 ? folder : { ...object, name });
  }
  const { column = 'name', order: direction = 'asc' } = sortBy;
  const sorted = [...rows.values()].sort((a, b) => order(folded(a[column] ?? ''), folded(b[column] ?? '')));
  return (direction === 'desc' ? sorted.reverse() : sorted).slice(offset, offset + limit);
}

export function listPrefix(objects, { prefix = '', limit = MOST, cursor, with_delimiter: delimiter, sortBy = {} }) {
  const { column = 'name', order: direction = 'asc' } = sortBy;
  const sign = direction === 'desc' ? -1 : 1;
  const compare = (a, b) => sign * (order(a[0], b[0]) || bytes(a[1], b[1]));
  const entries = new Map();
  for (const object of objects.filter(({ name }) => name.startsWith(prefix))) {
    const end = delimiter ? object.name.indexOf('/', prefix.length) : -1;
    const name = end < 0 ? object.name : object.name.slice(0, end + 1);
    const row = end < 0 ? { ...object, ...(delimiter && { key: name }) } : { name, key: name };
    entries.set(name, { row, isFolder: end >= 0, place: [column === 'name' || end >= 0 ? '' : object[column], name] });
  }
  const after = cursor && JSON.parse(Buffer.from(cursor, 'base64').toString());
  const sorted = [...entries.values()].sort((a, b) => compare(a.place, b.place));
  const rest = sorted.filter(({ place }) => after === undefined || compare(place, after) > 0);
  const page = rest.slice(0, Math.min(limit, MOST));
  const hasNext = rest.length > page.length;
  const next = hasNext && { nextCursor: Buffer.from(JSON.stringify(page.at(-1).place)).toString('base64') };
  const rows = (isFolder) => page.filter((entry) => entry.isFolder === isFolder).map(({ row }) => row);
  return { hasNext, ...next, ...(hasNext && { nextCursorKey: page.at(-1).row.name }), folders: rows(true), objects: rows(false) };
}
