// Signed URLs. The token of one object names its path as `decodeURI` reads it, and is compared with the decoded key: a
// client that encodes more than `encodeURI` does gets a URL that this server refuses.
import { json } from 'node:stream/consumers';
import { invalid, noKey } from './errors.mjs';
import { readable, send } from './objects.mjs';

const UPLOAD_LIFE = 7200;

export async function signOne({ store, tokens, request, user, bucket, key, path }) {
  const { expiresIn, transform } = await json(request);
  if (!(expiresIn >= 1)) throw invalid('InvalidRequest', 'body/expiresIn must be >= 1');
  if (!store.find(bucket)) throw noKey();
  readable(store, bucket, key, user);
  const url = decodeURI(path);
  const token = await tokens.sign({ url, ...(transform && { transformations: JSON.stringify(transform) }) }, expiresIn);
  const kind = transform ? 'render/image/sign' : 'object/sign';
  return { signedURL: `/${kind}/${url}?token=${token}` };
}

export async function signMany({ store, tokens, request, user, bucket }) {
  const { expiresIn, paths } = await json(request);
  return Promise.all(
    paths.map(async (path) => {
      const object = store.find(bucket)?.objects.get(path);
      if (!object || !store.find(bucket).allows(user, path, 'select')) {
        const error = 'Either the object does not exist or you do not have access to it';
        return { error, path, signedURL: null };
      }
      const token = await tokens.sign({ url: `${bucket}/${path}` }, expiresIn);
      return { error: null, path, signedURL: `/object/sign/${bucket}/${path}?token=${token}` };
    }),
  );
}

export async function openSigned(context, isImage) {
  const { store, tokens, bucket, key, query } = context;
  const claims = await tokens.signed(query.get('token'), `${bucket}/${key}`);
  const object = store.find(bucket)?.objects.get(key);
  if (!object) throw noKey();
  send(context, object, { expires: claims.exp - tokens.now(), transform: isImage ? claims.transformations : undefined });
}

export async function signUpload({ store, tokens, request, user, bucket: name, key }) {
  const bucket = store.bucket(name);
  const upsert = request.headers['x-upsert'] === 'true';
  store.checkUpload(bucket, user, key, upsert);
  const url = `${name}/${key}`;
  const token = await tokens.sign({ owner: user.sub, url, upsert, scope: 'upload' }, UPLOAD_LIFE);
  return { url: `/object/upload/sign/${url}?token=${token}`, token };
}
