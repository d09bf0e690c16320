// One address for a project whose services are several servers: each prefix of a path has its server, and everything
// else goes to the local Supabase server.
//
// Configuration: { supabase, routes: { prefix: url } }
import { Agent, createServer, request as send } from 'node:http';
import { pipeline } from 'node:stream';
import { configuration, listen } from './node_server.mjs';

const { supabase, routes } = await configuration();
const agent = new Agent({ keepAlive: true });
const targetOf = (path) => Object.entries(routes).find(([prefix]) => path.startsWith(prefix))?.[1] ?? supabase;

const server = createServer((request, response) => {
  const { hostname: host, port } = new URL(targetOf(request.url));
  const { method, url: path, headers } = request;
  const upstream = send({ agent, host, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    pipeline(answer, response, () => {});
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => response.writableFinished || upstream.destroy());
  request.pipe(upstream);
});

listen(server);
