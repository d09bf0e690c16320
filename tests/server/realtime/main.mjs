// Starts the server. The first line of standard input is its settings as JSON (see `server.mjs`), its answer on
// standard output `{"port":..}`; the end of standard input is the end of the server.
import { createInterface } from 'node:readline';
import { Server } from './server.mjs';

const lines = createInterface({ input: process.stdin });
lines.once('line', async (line) => {
  const settings = JSON.parse(line);
  try {
    const port = await new Server(settings).start(settings.port);
    console.log(JSON.stringify({ port }));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
});
lines.on('close', () => process.exit());
