// Starts the server with the settings that `server.mjs` describes.
import { configuration } from '../node_server.mjs';
import { Server } from './server.mjs';

const settings = await configuration();
const port = await new Server(settings).start(settings.port);
process.stdout.write(`${JSON.stringify({ port })}\n`);
