// Who is present in a topic, as `Phoenix.Presence` keeps it: by key, one meta for each socket.
import { randomBytes } from 'node:crypto';

/** A `phx_ref` of a client's own appears beside the server's: one name twice, which an object cannot hold. */
export const SECOND_REF = '\u0000phx_ref';

export class Presence {
  #metas = new Map();

  /** The whole state: `{ key: { metas } }`. */
  state() {
    const state = {};
    for (const { key, meta } of this.#metas.values()) (state[key] ??= { metas: [] }).metas.push(meta);
    return state;
  }

  /** Tracks what a member says of itself; the difference, or nothing if it said the same before. */
  track(member, key, payload) {
    const old = this.#metas.get(member);
    const { phx_ref: _, phx_ref_prev: __, ...said } = old?.meta ?? {};
    if (old && JSON.stringify(said) === JSON.stringify(payload)) return undefined;
    const { phx_ref: forged, ...rest } = payload;
    const meta = { phx_ref: randomBytes(6).toString('base64url'), ...rest };
    if (forged !== undefined) meta[SECOND_REF] = forged;
    if (old) meta.phx_ref_prev = old.meta.phx_ref;
    this.#metas.set(member, { key, meta });
    return { joins: { [key]: { metas: [meta] } }, leaves: old ? { [old.key]: { metas: [old.meta] } } : {} };
  }

  untrack(member) {
    const old = this.#metas.get(member);
    if (!old) return undefined;
    this.#metas.delete(member);
    return { joins: {}, leaves: { [old.key]: { metas: [old.meta] } } };
  }
}
