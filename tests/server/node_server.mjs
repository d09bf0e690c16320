// What every server that `tests/src/node_server.rs` starts has in common: one line of configuration comes in, one
// line with the port goes out, and the end of standard input ends the process.
import { createInterface } from 'node:readline';

/** The configuration: the first line of standard input. */
export async function configuration() {
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(0));
  return new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line))));
}

/** Listens on a free port, and says which. */
export function listen(server) {
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
}
