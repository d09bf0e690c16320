// What goes wrong on purpose. A test switches it on over `POST /control`.
//
//   late: n          every frame is sent n ms late
//   twice: true      every frame is sent twice
//   swap: true       every second frame is sent before the one before it
//   half: true       every text frame is cut in half
//   silence: true    nothing is sent any more, and nothing that arrives is read
//   unanswered: [e]  events whose pushes get no reply and do nothing
//   refuseJoins: { topic, reason }  joins of the topic, or of all, are refused with this reason
//   refuse: { status, body }  every new connection is refused
//   accept: false    every new connection is kept waiting

export class Misbehaviour {
  #held = new WeakMap();

  constructor() {
    this.set({});
  }

  set(settings) {
    Object.assign(this, {
      late: 0,
      twice: false,
      swap: false,
      half: false,
      silence: false,
      unanswered: [],
      refuseJoins: undefined,
      refuse: undefined,
      accept: true,
      ...settings,
    });
  }

  /** Sends a frame through all that is switched on. */
  send(ws, data) {
    if (this.silence) return;
    const frames = this.#changed(ws, data);
    const write = () => frames.forEach((frame) => ws.readyState === ws.OPEN && ws.send(frame));
    if (this.late > 0) setTimeout(write, this.late);
    else write();
  }

  #changed(ws, data) {
    if (this.half && typeof data === 'string') data = data.slice(0, data.length / 2);
    if (this.swap) {
      const held = this.#held.get(ws);
      if (held === undefined) {
        this.#held.set(ws, data);
        return [];
      }
      this.#held.delete(ws);
      return [data, held];
    }
    return this.twice ? [data, data] : [data];
  }
}
