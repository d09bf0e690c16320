// The npm packages, which `../peers/package.json` names.
import { load } from '../peers/packages.mjs';

export const { WebSocketServer, WebSocket } = load('ws');
export const postgres = load('postgres');
export const jose = load('jose');
export const { RealtimeClient } = load('@supabase/realtime-js');
