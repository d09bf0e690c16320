// Runs the programs of one local server for one test process, and ends them when its standard input ends.
//
// The test process holds the other end of that pipe. However it ends, also by SIGKILL, the kernel closes the pipe,
// and everything started here is stopped and the folder removed. The programs are children of this process and not
// of the test process, so there is no moment in which one runs that nobody would stop.
//
// In:  one JSON line a program: { id, program, args, env, cwd, log, uid, gid, stop, talks }; { id, message } for a
//      program that talks (a Node program: over its IPC channel); { id, end: true } to stop one
// Out: first { folder, uid, random }, then { id, code } or { id, error } when a program has ended, and { id, message }
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const GRACE_MS = 1500;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'scoped-supabase-')));
const running = new Map();
let finishing = false;

// The reader may be gone already; that must not keep us from cleaning up.
process.stdout.on('error', () => {});
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function start({ id, program, args, env, cwd, log, uid, gid, stop, talks }) {
  if (finishing) return;
  const output = openSync(log, 'a', 0o600);
  // Its own process group, so that a program's own children can be ended with it.
  const options = { cwd, env, detached: true, windowsHide: true, stdio: ['ignore', output, output] };
  if (talks) options.stdio.push('ipc');
  if (uid !== null) Object.assign(options, { uid, gid });
  try {
    const child = spawn(program, args, options);
    const ended = new Promise((resolve) => {
      child.on('error', (error) => resolve({ id, error: `${error.code ?? error.message}` }));
      child.on('exit', (code, signal) => resolve({ id, code: code ?? signal }));
    }).then((line) => {
      running.delete(id);
      say(line);
    });
    if (talks) child.on('message', (message) => say({ id, message }));
    running.set(id, { child, ended, stop });
  } catch (error) {
    say({ id, error: `${error.code ?? error.message}` });
  } finally {
    closeSync(output);
  }
}

function kill(child) {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

async function end({ child, ended, stop }) {
  if (stop === null || process.platform === 'win32') {
    kill(child);
  } else {
    child.kill(stop);
    setTimeout(kill, GRACE_MS, child).unref();
  }
  await ended;
}

function obey(line) {
  if ('program' in line) return start(line);
  const known = running.get(line.id);
  // One that is not there has ended, and that was said.
  if (known === undefined) return;
  if ('message' in line) known.child.send(line.message, () => {});
  else end(known);
}

async function finish() {
  if (finishing) return;
  finishing = true;
  await Promise.all([...running.values()].map(end));
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, finish);
createInterface({ input: process.stdin })
  .on('line', (line) => obey(JSON.parse(line)))
  .on('close', finish);

const random = Array.from({ length: 5 }, () => randomBytes(32).toString('hex'));
say({ folder, uid: process.getuid?.() ?? null, random });
