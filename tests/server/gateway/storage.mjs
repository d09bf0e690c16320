// What Lite lacks of Storage: reads that say what is wrong with a token, and lists of version 2. Lite answers the rest.

const ROOT = '/storage/v1';
const READ = /^\/object\/(info\/)?authenticated\/(.+)$/;
const LIST = /^\/object\/(list|list-v2)\/([^/]+)$/;
const MOST = 1000;

/** Storage's own words for a token that it refuses: HTTP 400, whatever it means. */
export const refusal = (message) => ({
  statusCode: '403',
  error: 'Unauthorized',
  message,
  code: 'AccessDenied',
});

/** Whether Storage says what is wrong with the token. On its plain read paths a bad one counts as none. */
export function saysWhy(method, { pathname }) {
  if (!pathname.startsWith(`${ROOT}/`)) return false;
  const path = pathname.slice(ROOT.length);
  if (/^\/object\/(sign|upload\/sign)\//.test(path) && method !== 'POST') return false;
  const isRead = ['GET', 'HEAD'].includes(method);
  return !isRead || READ.test(path) || path.startsWith('/bucket');
}

/** Why Storage refuses the claims of a verified token: it has no leeway. */
export function reasonOf(payload, now) {
  const { exp, nbf } = JSON.parse(new TextDecoder().decode(payload));
  if (typeof exp === 'number' && exp <= now) return '"exp" claim timestamp check failed';
  if (typeof nbf === 'number' && nbf > now) return '"nbf" claim timestamp check failed';
  return undefined;
}

/** The path by which Lite reads the object. */
export function pathOfLite(path) {
  const [pathname, ...query] = path.split('?');
  const found = pathname.startsWith(ROOT) && READ.exec(pathname.slice(ROOT.length));
  if (!found) return path;
  return [`${ROOT}/object/${found[1] ?? ''}${found[2]}`, ...query].join('?');
}

/** An object as Storage describes it. Lite shows its row and what it keeps of the content. */
const described = ({ metadata, user_metadata: own, httpMetadata: http, ...row }) => ({
  id: row.id,
  name: row.name,
  version: row.version,
  bucket_id: row.bucket_id,
  size: metadata?.size ?? http?.size ?? http?.contentLength,
  content_type: metadata?.mimetype ?? http?.mimetype,
  cache_control: metadata?.cacheControl ?? http?.cacheControl,
  etag: metadata?.eTag ?? http?.eTag,
  metadata: own ?? null,
  last_modified: row.updated_at,
  created_at: row.created_at,
});

const compare = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Lists by `ask`, which lists one folder. Sorted by name only. */
async function listV2(ask, { prefix = '', limit = MOST, cursor, with_delimiter: delimiter, sortBy } = {}) {
  const objects = [];
  const walk = async (folder) => {
    for (const row of await ask(folder)) {
      const name = folder + row.name;
      if (row.id !== null && row.id !== undefined) objects.push({ ...row, name });
      else await walk(`${name}/`);
    }
  };
  await walk(prefix.slice(0, prefix.lastIndexOf('/') + 1));
  const entries = new Map();
  for (const object of objects.filter(({ name }) => name.startsWith(prefix))) {
    const end = delimiter ? object.name.indexOf('/', prefix.length) : -1;
    const name = end < 0 ? object.name : object.name.slice(0, end + 1);
    entries.set(name, end < 0 ? { ...object, ...(delimiter && { key: name }) } : { name, key: name });
  }
  const sign = sortBy?.order === 'desc' ? -1 : 1;
  const after = cursor === undefined ? undefined : Buffer.from(cursor, 'base64').toString();
  const sorted = [...entries.values()].sort((a, b) => sign * compare(a.name, b.name));
  const rest = sorted.filter(({ name }) => after === undefined || sign * compare(name, after) > 0);
  const page = rest.slice(0, Math.min(limit, MOST));
  const hasNext = rest.length > page.length;
  const next = hasNext && { nextCursor: Buffer.from(page.at(-1).name).toString('base64') };
  const isObject = ({ id }) => id !== undefined;
  return { hasNext, ...next, folders: page.filter((row) => !isObject(row)), objects: page.filter(isObject) };
}

/** What Lite answers through `ask`, in the form of Storage; nothing for what it answers well itself. */
export async function answerBy(ask, method, { pathname }, readBody) {
  const path = pathname.startsWith(ROOT) ? pathname.slice(ROOT.length) : '';
  if (method === 'GET' && /^\/object\/info\/authenticated\//.test(path)) {
    const { status, body } = await ask(pathOfLite(pathname));
    return { status, body: status === 200 ? described(body) : body };
  }
  const [, version, bucket] = (method === 'POST' && LIST.exec(path)) || [];
  if (version === undefined) return undefined;
  const list = (prefix, rest) => {
    // Without the slash Lite lists names as they begin, not those in a folder.
    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    return ask(`${ROOT}/object/list/${bucket}`, { ...rest, prefix: folder });
  };
  const { prefix = '', ...rest } = await readBody();
  if (version === 'list') return list(prefix, rest);
  const everything = { limit: 100_000, offset: 0, sortBy: { column: 'name', order: 'asc' } };
  const rowsOf = async (folder) => {
    const { status, body } = await list(folder, everything);
    return status === 200 ? body : [];
  };
  return { status: 200, body: await listV2(rowsOf, { prefix, ...rest }) };
}
