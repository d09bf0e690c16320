// Applies histories of SQL files, each to a database of its own, and says which policies are there then.
// In:  { url, before, histories: [[text of a file, ...], ...] }; `before` is SQL that every database begins with.
// Out: for each history { policies: ["schema.table name", ...], refused: [messages] }, as JSON.
import { text } from 'node:stream/consumers';
import postgres from 'postgres';
import { statements } from './statements.mjs';

const { url, before, histories } = JSON.parse(await text(process.stdin));
const POLICIES = "select schemaname || '.' || tablename || ' ' || policyname as policy from pg_policies order by 1";

/** A connection, for a session's length. */
async function session(database, use) {
  const address = Object.assign(new URL(url), { pathname: `/${database}` });
  const sql = postgres(address.href, { max: 1, onnotice: () => {} });
  try {
    return await use((statement) => sql.unsafe(statement).simple());
  } finally {
    await sql.end();
  }
}

/** As psql without ON_ERROR_STOP: what fails is passed over. */
async function apply(run, file, refused) {
  for (const statement of statements(file)) {
    await run(statement).catch((error) => refused.push(error.message));
  }
}

const roles = async (run) => (await run('select rolname from pg_roles')).map((row) => row.rolname);

const results = await session('postgres', async (server) => {
  await server('create database before template template0');
  await session('before', (run) => run(before));
  const known = await roles(server);
  const results = [];
  for (const files of histories) {
    const refused = [];
    await server('create database history template before');
    for (const file of files) await session('history', (run) => apply(run, file, refused));
    const rows = await session('history', (run) => run(POLICIES));
    results.push({ policies: rows.map((row) => row.policy), refused });
    await server('drop database history with (force)');
    // Roles are the server's, not the database's.
    for (const role of await roles(server)) if (!known.includes(role)) await server(`drop role "${role}"`);
  }
  await server('drop database before');
  return results;
});
process.stdout.write(JSON.stringify(results));
