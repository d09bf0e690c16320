// What the server saw, for tests to ask: tokens of channels, and frames as far as they are kept.

const MAX_FRAMES = 20_000;

export class Log {
  tokens = [];
  frames = [];
  sockets = [];
  problems = [];
  keepsFrames = true;

  /** A token that a channel got, by `join` or `access_token`. */
  token(entry) {
    this.tokens.push({ at: Date.now(), ...entry });
  }

  /** What PostgreSQL said to a question as a user. */
  problem(message) {
    this.problems.push(message);
  }

  frame(socket, direction, data) {
    if (!this.keepsFrames || this.frames.length >= MAX_FRAMES) return;
    const isBinary = typeof data !== 'string';
    const text = isBinary ? Buffer.from(data).toString('base64') : data.slice(0, 2000);
    this.frames.push({ at: Date.now(), socket, direction, isBinary, text });
  }

  socket(entry) {
    this.sockets.push({ at: Date.now(), ...entry });
  }

  clear() {
    this.tokens = [];
    this.frames = [];
    this.sockets = [];
    this.problems = [];
  }
}
