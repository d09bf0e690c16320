// The npm packages, which `../peers/package.json` names.
import { createRequire } from 'node:module';

const from = createRequire(new URL('../peers/package.json', import.meta.url));

export const { WebSocketServer, WebSocket } = from('ws');
export const postgres = from('postgres');
export const jose = from('jose');
export const { RealtimeClient } = from('@supabase/realtime-js');
