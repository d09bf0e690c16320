// Listings, of what the user may read. A bucket that does not exist has no objects.
import { json } from 'node:stream/consumers';
import { listFolder, listPrefix } from '../../../scoped-runtime/src/testing/node/server/gateway/lists.mjs';
import { row } from './store.mjs';

function objects({ store, user, bucket: name }) {
  const bucket = store.find(name);
  return bucket ? store.visible(bucket, user).map((object) => row(object, object.name)) : [];
}

export const list = async (context) => listFolder(objects(context), await json(context.request));
export const listV2 = async (context) => listPrefix(objects(context), await json(context.request));
