// Resumable uploads by `@tus/server`, which the real server uses, too: another request for an upload stops a running
// part, and the offset in an answer may be less than what was sent.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../peers/packages.mjs';
import { Refusal } from './errors.mjs';

const { Server } = load('@tus/server');
const { FileStore } = load('@tus/file-store');
const PATH = '/storage/v1/upload/resumable';

const base64url = (text) => Buffer.from(text).toString('base64url');
const plain = (error) => ({ status_code: error.status, body: error.message });

/** Makes the handler of both paths, that of tokens and that of signed uploads. */
export function resumable({ store, tokens }) {
  const directory = mkdtempSync(join(tmpdir(), 'scoped-storage-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const datastore = new FileStore({ directory });

  /** Checks a request for an upload; the reading of its offset asks no policy. */
  function check(request, id) {
    const [bucketName, ...rest] = id.split('/');
    const key = rest.slice(0, -1).join('/');
    const { method, headers, user, signed } = request.context;
    if (method === 'HEAD' || method === 'OPTIONS') return;
    const bucket = store.bucket(bucketName);
    if (signed) {
      if (signed.url !== `${bucketName}/${key}`) throw new Refusal(400, '', '', 'Invalid signature');
      if (!signed.upsert && bucket.objects.has(key)) throw new Refusal(409, '', '', 'The resource already exists');
      return;
    }
    if (method === 'DELETE') store.check(bucket, user, key, 'insert');
    else store.checkUpload(bucket, user, key, headers['x-upsert'] === 'true');
  }

  const guarded = (request, id) => {
    try {
      check({ context: request.runtime.node.req.context }, id);
    } catch (error) {
      throw plain(error);
    }
  };

  const options = (path) => ({
    path,
    datastore,
    respectForwardedHeaders: true,
    // The id has slashes, and is one segment of the address.
    namingFunction: (_, metadata) => `${metadata.bucketName}/${metadata.objectName}/${randomUUID()}`,
    // In production it always says `https`.
    generateUrl: (_, { host, id }) => `https://${host}${path}/${base64url(id)}`,
    getFileIdFromRequest: (_, last) => last && Buffer.from(last, 'base64url').toString(),
    onIncomingRequest: guarded,
    onUploadCreate: async (request, upload) => {
      guarded(request, upload.id);
      try {
        const bucket = store.bucket(upload.metadata.bucketName);
        if (upload.size !== undefined) store.checkSize(bucket, upload.size);
        if (upload.metadata.contentType) store.checkType(bucket, upload.metadata.contentType);
      } catch (error) {
        throw error.status === 413 ? { status_code: 413, body: 'Maximum size exceeded\n' } : plain(error);
      }
      return {};
    },
    onUploadFinish: async (request, { id, metadata }) => {
      const { user, signed } = request.runtime.node.req.context;
      const bytes = readFileSync(join(directory, id));
      store.put(store.bucket(metadata.bucketName), metadata.objectName, {
        bytes,
        type: metadata.contentType ?? 'application/octet-stream',
        cacheControl: metadata.cacheControl ? `max-age=${metadata.cacheControl}` : 'no-cache',
        userMetadata: metadata.metadata && JSON.parse(metadata.metadata),
        owner: signed?.owner ?? user.sub,
      });
      return { headers: { 'Tus-Complete': '1' } };
    },
  });
  const byToken = new Server(options(PATH));
  const bySignature = new Server(options(`${PATH}/sign`));

  return async (request, response, path) => {
    const { method, headers } = request;
    const isSigned = path.startsWith('/upload/resumable/sign');
    if (isSigned) {
      const token = headers['x-signature'] ?? '';
      const { url } = JSON.parse(Buffer.from(token.split('.')[1] ?? 'e30', 'base64url').toString());
      request.context = { method, headers, signed: await tokens.signed(token, url, 'upload') };
    } else {
      request.context = { method, headers, user: await tokens.claims({ authorization: '', ...headers }) };
    }
    return (isSigned ? bySignature : byToken).handle(request, response);
  };
}
