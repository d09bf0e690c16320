// Asks the policies on `realtime.messages` as the user, in a transaction that is rolled back.

class Rollback extends Error {}

/** Runs `ask` in a transaction as the user, and rolls it back. */
async function asUser(sql, topic, claims, ask) {
  let answer;
  const settings = {
    role: claims.role,
    'realtime.topic': topic,
    'request.jwt.claims': JSON.stringify(claims),
    'request.jwt.claim.sub': claims.sub ?? '',
    'request.jwt.claim.role': claims.role,
    'request.headers': '{}',
  };
  try {
    await sql.begin(async (transaction) => {
      const before = await ask.before?.(transaction);
      for (const [name, value] of Object.entries(settings)) {
        await transaction`select set_config(${name}, ${value}, true)`;
      }
      answer = await ask.as(transaction, before);
      throw new Rollback();
    });
  } catch (error) {
    if (!(error instanceof Rollback)) throw error;
  }
  return answer;
}

/** Which extensions the user may read: `{ broadcast, presence }`. */
export async function readable(sql, topic, claims, withPresence) {
  const extensions = withPresence ? ['broadcast', 'presence'] : ['broadcast'];
  return asUser(sql, topic, claims, {
    before: (transaction) =>
      transaction`insert into realtime.messages (topic, extension)
                  select ${topic}, unnest(${extensions}::text[]) returning id`,
    async as(transaction, rows) {
      const ids = rows.map(({ id }) => id);
      const found = await transaction`select extension from realtime.messages where id = any(${ids})`;
      const names = found.map(({ extension }) => extension);
      return { broadcast: names.includes('broadcast'), presence: names.includes('presence') };
    },
  });
}

/** Which extensions the user may write. */
export async function writable(sql, topic, claims, withPresence) {
  const extensions = withPresence ? ['broadcast', 'presence'] : ['broadcast'];
  return asUser(sql, topic, claims, {
    async as(transaction) {
      const allowed = { broadcast: false, presence: false };
      for (const extension of extensions) {
        try {
          await transaction.savepoint(
            (point) => point`insert into realtime.messages (topic, extension, private) values (${topic}, ${extension}, true)`,
          );
          allowed[extension] = true;
        } catch {
          // The policy says no.
        }
      }
      return allowed;
    },
  });
}

/** The columns of a row that the user may read: `undefined` if a policy hides the row, `[]` if a grant is missing. */
export async function visibleColumns(sql, claims, { schema, table, key }) {
  return asUser(sql, '', claims, {
    async as(transaction) {
      const name = transaction`format('%I.%I', ${schema}::text, ${table}::text)::regclass`;
      const columns = await transaction`
        select attname as name from pg_attribute
        where attrelid = ${name} and attnum > 0 and not attisdropped
          and has_column_privilege(${claims.role}, ${name}, attnum, 'select')`;
      if (columns.length === 0) return [];
      const conditions = Object.entries(key).map(([column, value]) => transaction`${transaction(column)}::text = ${value}`);
      const all = conditions.reduce((left, right) => transaction`${left} and ${right}`);
      const rows = await transaction`select 1 from ${transaction(schema)}.${transaction(table)} where ${all}`;
      return rows.length === 0 ? undefined : columns.map((column) => column.name);
    },
  });
}
