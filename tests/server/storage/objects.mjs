// Objects: upload, read, info, remove, move and copy.
import { buffer, json } from 'node:stream/consumers';
import { Refusal, denied, duplicate, invalid, noKey } from './errors.mjs';

/** The body of an upload, raw or as a form, with what is stored beside it. */
async function readUpload(request, bucket, store) {
  const { headers } = request;
  const given = headers['content-type'] ?? 'application/octet-stream';
  if (!given.startsWith('multipart/form-data')) {
    store.checkType(bucket, given);
    // The limit is not looked at for a body without a length.
    if (headers['content-length'] !== undefined) store.checkSize(bucket, Number(headers['content-length']));
    const bytes = await buffer(request);
    return { bytes, type: given, cacheControl: headers['cache-control'] ?? 'no-cache', userMetadata: metadata(headers) };
  }
  const form = await new Response(await buffer(request), { headers: { 'content-type': given } }).formData();
  const file = form.get('') ?? form.get('file');
  const bytes = Buffer.from(await file.arrayBuffer());
  const type = file.type || 'application/octet-stream';
  store.checkType(bucket, type);
  store.checkSize(bucket, bytes.length);
  const userMetadata = form.has('metadata') ? JSON.parse(form.get('metadata')) : undefined;
  const cacheControl = form.has('cacheControl') ? `max-age=${form.get('cacheControl')}` : 'no-cache';
  return { bytes, type, cacheControl, userMetadata };
}

function metadata({ 'x-metadata': header }) {
  let value;
  try {
    value = header && JSON.parse(Buffer.from(header, 'base64').toString());
  } catch {
    return undefined;
  }
  if (value !== undefined && (typeof value !== 'object' || Array.isArray(value))) {
    throw invalid('InvalidParameter', 'metadata must be an object');
  }
  return value;
}

export async function upload({ store, request, user, bucket: name, key, method }) {
  const bucket = store.bucket(name);
  const upsert = method === 'PUT' || request.headers['x-upsert'] === 'true';
  store.checkUpload(bucket, user, key, upsert);
  const content = await readUpload(request, bucket, store);
  const { id } = store.put(bucket, key, { ...content, owner: user.sub });
  return { Key: `${name}/${key}`, Id: id };
}

/** The upload by a signed URL: no policy is asked. */
export async function uploadSigned({ store, tokens, request, bucket: name, key, query }) {
  const claims = await tokens.signed(query.get('token'), `${name}/${key}`, 'upload');
  const bucket = store.bucket(name);
  if (!claims.upsert && bucket.objects.has(key)) throw duplicate('KeyAlreadyExists');
  const content = await readUpload(request, bucket, store);
  store.put(bucket, key, { ...content, owner: claims.owner });
  return { Key: `${name}/${key}` };
}

/** The object, if the user may read it. What is denied is the same as what is not there. */
export function readable(store, name, key, user) {
  const bucket = store.bucket(name);
  const object = bucket.objects.get(key);
  if (!object || !(bucket.isPublic || bucket.allows(user, key, 'select'))) throw noKey();
  return object;
}

export function info({ store, user, bucket, key }) {
  const { id, name, version, bytes, type, cacheControl, etag, userMetadata, created_at, updated_at } = readable(
    store,
    bucket,
    key,
    user,
  );
  return {
    id,
    name,
    version,
    bucket_id: bucket,
    size: bytes.length,
    content_type: type,
    cache_control: cacheControl,
    etag,
    metadata: userMetadata ?? null,
    last_modified: updated_at,
    created_at,
  };
}

/** Answers with the object's bytes: whole, a range of them, or none of an unchanged one. */
export function send({ request, response, query }, object, { expires, transform } = {}) {
  const { bytes, etag } = object;
  const headers = {
    'content-type': object.type === 'text/html' ? 'text/plain' : object.type,
    'cache-control': expires === undefined ? object.cacheControl : `max-age=${expires}`,
    etag,
    'last-modified': new Date(object.updated_at).toUTCString(),
    'accept-ranges': 'bytes',
    'x-robots-tag': 'none',
  };
  if (transform) headers['x-transformations'] = transform;
  if (query.has('download')) headers['content-disposition'] = `attachment; filename=${query.get('download')}`;
  const since = request.headers['if-modified-since'];
  const isOld = since !== undefined && new Date(since) >= new Date(headers['last-modified']);
  if (request.headers['if-none-match'] === etag || isOld) return response.writeHead(304, headers).end();
  const range = request.headers.range;
  if (range === undefined) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    return response.end(request.method === 'HEAD' ? undefined : bytes);
  }
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const first = from === '' ? Math.max(0, bytes.length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1);
  if (!(first <= last)) throw new Refusal(416, 'InvalidRange', 'InvalidRange', 'invalid range provided', 416);
  const part = bytes.subarray(first, last + 1);
  const contentRange = `bytes ${first}-${last}/${bytes.length}`;
  response.writeHead(206, { ...headers, 'content-length': part.length, 'content-range': contentRange }).end(part);
}

export async function removeMany({ store, request, user, bucket: name }) {
  const { prefixes } = await json(request);
  const bucket = store.find(name);
  const removed = [];
  for (const key of bucket ? prefixes : []) {
    const object = bucket.objects.get(key);
    const isAllowed = ['select', 'delete'].every((action) => bucket.allows(user, key, action));
    if (!object || !isAllowed) continue;
    bucket.objects.delete(key);
    removed.push({ id: object.id, name: key, bucket_id: name });
  }
  return removed;
}

async function route({ store, request, user }) {
  const { bucketId, sourceKey, destinationKey, destinationBucket = bucketId, ...rest } = await json(request);
  const from = store.find(bucketId);
  const object = from?.objects.get(sourceKey);
  if (!object || !from.allows(user, sourceKey, 'select')) throw noKey();
  const to = store.find(destinationBucket);
  if (!to) throw denied();
  return { from, to, object, sourceKey, destinationKey, destinationBucket, rest };
}

export async function move(context) {
  const { from, to, object, sourceKey, destinationKey } = await route(context);
  const { store, user } = context;
  store.check(from, user, sourceKey, 'update');
  store.check(to, user, destinationKey, 'update');
  if (to.objects.has(destinationKey)) throw duplicate('ResourceAlreadyExists');
  // The types that the target allows are not looked at.
  store.checkSize(to, object.bytes.length);
  from.objects.delete(sourceKey);
  to.objects.set(destinationKey, { ...object, name: destinationKey });
  return { message: 'Successfully moved' };
}

export async function copy(context) {
  const { to, object, destinationKey, destinationBucket, rest } = await route(context);
  const { store, user, request } = context;
  const { copyMetadata = true, metadata: system = {} } = rest;
  const upsert = request.headers['x-upsert'] === 'true';
  store.checkUpload(to, user, destinationKey, upsert);
  store.checkType(to, system.mimetype ?? object.type);
  const content = {
    bytes: object.bytes,
    type: system.mimetype ?? object.type,
    cacheControl: system.cacheControl ?? object.cacheControl,
    userMetadata: copyMetadata ? object.userMetadata : metadata(request.headers),
    owner: user.sub,
  };
  const { id, name, version } = store.put(to, destinationKey, content);
  const path = `${destinationBucket}/${name}`;
  return { Key: path, Id: id, id, name, bucket_id: destinationBucket, owner_id: user.sub, version };
}
