// What every server that `tests/src/node_server.rs` starts has in common: a line of configuration comes in, a line with
// the port goes out, and the end of standard input ends the process.
import { createInterface } from 'node:readline';

// Without a reader of the line with the port, the process that started this one is gone.
process.stdout.on('error', () => process.exit(0));

/**
 * The configuration: the first line of standard input. Each later line is given to `change`, and answered with a line
 * once it has returned.
 */
export async function configuration(change) {
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(0));
  return new Promise((resolve) => {
    lines.once('line', (first) => {
      resolve(JSON.parse(first));
      lines.on('line', (line) => {
        change(JSON.parse(line));
        process.stdout.write('{}\n');
      });
    });
  });
}

/** Listens on a free port, and says which. */
export function listen(server) {
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
}
