// Uploads by the official resumable client, as { url, token, apikey, bucket, key, bytes, partBytes, upsert } says.
import { json } from 'node:stream/consumers';
import { load } from '../peers/packages.mjs';

const tus = load('tus-js-client');
const { url, token, apikey, bucket, key, bytes, partBytes } = await json(process.stdin);
const requests = [];

await new Promise((resolve, reject) => {
  const upload = new tus.Upload(Buffer.from(bytes, 'base64'), {
    endpoint: `${url}/storage/v1/upload/resumable`,
    headers: { authorization: `Bearer ${token}`, apikey, 'x-upsert': 'false' },
    chunkSize: partBytes,
    retryDelays: null,
    metadata: { bucketName: bucket, objectName: key, contentType: 'image/png', cacheControl: '3600' },
    // The server's address says `https`, which this one does not speak.
    onBeforeRequest: (request) => {
      requests.push(request.getMethod());
      request._url = request.getURL().replace(/^https:/, 'http:');
    },
    onError: reject,
    onSuccess: resolve,
  });
  upload.start();
});
process.stdout.write(JSON.stringify(requests));
