// Buckets, objects and what stands in for policies: the bucket's `policy` names one of the functions below.
import { createHash, randomUUID } from 'node:crypto';
import { denied, duplicate, invalid, noBucket, tooLarge, wrongType } from './errors.mjs';

const inOwnFolder = ({ sub }, key) => sub !== undefined && key.startsWith(`${sub}/`);

const POLICIES = {
  own: (user, key) => inOwnFolder(user, key),
  shared: ({ role }) => role === 'authenticated',
  insert: (user, key, action) => action === 'insert' && inOwnFolder(user, key),
  select: ({ role }, key, action) => action === 'select' && role === 'authenticated',
};

const KEY = /^[\w/!.*'() &$=@;:+,?-]+$/;

export class Store {
  #buckets = new Map();

  constructor(buckets) {
    for (const [name, { policy = 'own', isPublic = false, limit, types }] of Object.entries(buckets)) {
      this.#buckets.set(name, { name, allows: POLICIES[policy], isPublic, limit, types, objects: new Map() });
    }
  }

  bucket(name) {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw noBucket();
    return bucket;
  }

  find(name) {
    return this.#buckets.get(name);
  }

  /** Refuses what one of the actions is not allowed for. */
  check(bucket, user, key, ...actions) {
    if (!actions.every((action) => bucket.allows(user, key, action))) throw denied();
  }

  /** The objects that the user may read. */
  visible(bucket, user) {
    return [...bucket.objects.values()].filter(({ name }) => bucket.allows(user, name, 'select'));
  }

  /** Whether the upload may begin. It is asked before a byte of the body is read. */
  checkUpload(bucket, user, key, upsert) {
    if (!KEY.test(key)) throw invalid('InvalidKey', `Invalid key: ${key}`);
    const exists = bucket.objects.has(key);
    this.check(bucket, user, key, 'insert');
    if (upsert) this.check(bucket, user, key, 'select', ...(exists ? ['update'] : []));
    else if (exists) throw duplicate('KeyAlreadyExists');
  }

  checkType(bucket, type) {
    const { types } = bucket;
    const fits = (allowed) => allowed === type || (allowed.endsWith('/*') && type.startsWith(allowed.slice(0, -1)));
    if (types && !types.some(fits)) throw wrongType(type);
  }

  checkSize(bucket, size) {
    if (bucket.limit !== undefined && size > bucket.limit) throw tooLarge();
  }

  put(bucket, key, { bytes, type, cacheControl, userMetadata, owner }) {
    const before = bucket.objects.get(key);
    const now = new Date().toISOString();
    const object = {
      id: before?.id ?? randomUUID(),
      name: key,
      version: randomUUID(),
      bytes,
      type,
      cacheControl,
      etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      userMetadata,
      owner,
      created_at: before?.created_at ?? now,
      updated_at: now,
    };
    bucket.objects.set(key, object);
    return object;
  }
}

/** A row of a listing. */
export const row = ({ id, created_at, updated_at, etag, bytes, type, cacheControl }, name) => ({
  name,
  id,
  created_at,
  updated_at,
  last_accessed_at: updated_at,
  metadata: {
    eTag: etag,
    size: bytes.length,
    mimetype: type,
    cacheControl,
    lastModified: updated_at,
    contentLength: bytes.length,
    httpStatusCode: 200,
  },
});
