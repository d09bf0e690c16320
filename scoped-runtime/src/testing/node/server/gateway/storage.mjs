// What Lite lacks of Storage: reads that say what is wrong with a token, and lists with folders and pages. Lite answers
// the rest.
import { listFolder, listPrefix } from './lists.mjs';

const ROOT = '/storage/v1';
const READ = /^\/object\/(info\/)?authenticated\/(.+)$/;
const LIST = /^\/object\/(list|list-v2)\/([^/]+)$/;

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

/** What Lite answers through `ask`, in the form of Storage; nothing for what it answers well itself. */
export async function answerBy(ask, method, { pathname }, readBody) {
  const path = pathname.startsWith(ROOT) ? pathname.slice(ROOT.length) : '';
  if (method === 'GET' && /^\/object\/info\/authenticated\//.test(path)) {
    const { status, body } = await ask(pathOfLite(pathname));
    return { status, body: status === 200 ? described(body) : body };
  }
  const [, version, bucket] = (method === 'POST' && LIST.exec(path)) || [];
  if (version === undefined) return undefined;
  const { prefix = '', ...rest } = await readBody();
  // Lite lists whole keys by their beginning, whatever the version.
  const everything = { prefix, limit: 100_000, offset: 0, sortBy: { column: 'name', order: 'asc' } };
  const { status, body } = await ask(`${ROOT}/object/list/${bucket}`, everything);
  const list = version === 'list' ? listFolder : listPrefix;
  return { status: 200, body: list(status === 200 ? body : [], { prefix, ...rest }) };
}
