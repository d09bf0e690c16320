// All channels with one topic, private or public: they hear each other's broadcasts and presence.
import { encode, encodeBroadcast } from './frames.mjs';
import { Presence } from './presence.mjs';

export class Group {
  members = new Set();
  presence = new Presence();

  add(channel) {
    this.members.add(channel);
  }

  remove(channel) {
    if (!this.members.delete(channel)) return;
    const diff = this.presence.untrack(channel);
    if (diff) this.presenceDiff(diff);
  }

  /** Text pushes reach 2.0.0 clients as text, bytes as frames of kind 04. Each frame is made once. */
  broadcast({ topic, payload, binary }, except) {
    const frames = new Map();
    const frameOf = (version) => {
      if (!frames.has(version)) {
        const frame = binary
          ? encodeBroadcast({ topic, ...binary }, version)
          : encode({ topic, event: 'broadcast', payload }, version);
        frames.set(version, frame);
      }
      return frames.get(version);
    };
    for (const member of this.members) {
      if (member === except) continue;
      const frame = frameOf(member.socket.version);
      if (frame !== undefined) member.socket.write(frame);
    }
  }

  presenceDiff(diff) {
    for (const member of this.members) {
      // A private channel without presence gets nothing.
      if (member.isPrivate && !member.hasPresence) continue;
      member.socket.send({ topic: member.topic, event: 'presence_diff', payload: diff });
    }
  }
}
