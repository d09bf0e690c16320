// Postgres changes: rows that triggers noted, for the channels whose user sees them.
import { visibleColumns } from './policies.mjs';

const OPERATORS = {
  eq: (left, right) => left === right,
  neq: (left, right) => left !== right,
  lt: (left, right) => compare(left, right) < 0,
  lte: (left, right) => compare(left, right) <= 0,
  gt: (left, right) => compare(left, right) > 0,
  gte: (left, right) => compare(left, right) >= 0,
  in: (left, right) => right.replace(/^\(|\)$/g, '').split(',').includes(left),
  is: (left, right) => String(left) === right,
  like: (left, right) => pattern(right, '').test(left),
  ilike: (left, right) => pattern(right, 'i').test(left),
};

const compare = (left, right) =>
  Number.isNaN(Number(left)) || Number.isNaN(Number(right)) ? String(left).localeCompare(right) : left - right;
const pattern = (text, flags) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('%', '.*')}$`, flags);

/** `col=op.val`, conditions joined by commas outside of parentheses. */
function parseFilter(filter) {
  if (filter === undefined) return [];
  if (typeof filter !== 'string') throw new Error('Unable to subscribe to changes with given parameters');
  return filter.split(/,(?![^(]*\))/).map((part) => {
    const [, column, not, operator, value] = /^(\w+)=(not\.)?(\w+)\.(.*)$/s.exec(part) ?? [];
    if (!OPERATORS[operator]) throw new Error('Unable to subscribe to changes with given parameters');
    return { column, isNot: not !== undefined, test: OPERATORS[operator], value };
  });
}

/** The bindings of one channel, from the join or a new token on. */
export class Subscription {
  constructor(channel) {
    this.channel = channel;
    this.server = channel.server;
    this.claims = channel.claims;
  }

  start() {
    this.timer = setTimeout(() => this.#ready(), this.server.time(1000));
  }

  async #ready() {
    const { channel } = this;
    try {
      this.bindings = await Promise.all(channel.bindings.map((binding) => this.#checked(binding)));
    } catch (error) {
      // One bad binding ends all of them; the channel stays.
      channel.system('postgres_changes', 'error', error.message);
      return;
    }
    if (!channel.isOpen) return;
    this.server.subscriptions.add(this);
    channel.system('postgres_changes', 'ok', 'Subscribed to PostgreSQL');
  }

  async #checked(binding) {
    const { schema = 'public', table = '*', event = '*', filter } = binding;
    const bad = () => new Error(`Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: [event: ${event}, schema: ${schema}, table: ${table}]`);
    if (table !== '*' && !this.server.published.has(`${schema}.${table}`)) throw bad();
    const filters = parseFilter(filter);
    for (const { column } of filters) {
      const found = await this.server.sql`
        select 1 from information_schema.columns
        where table_schema = ${schema} and table_name = ${table} and column_name = ${column}`;
      if (found.length === 0) throw bad();
    }
    return { id: this.server.idOf(binding), schema, table, event: String(event).toUpperCase(), filters };
  }

  end() {
    clearTimeout(this.timer);
    this.server.subscriptions.delete(this);
  }

  idsFor(change) {
    const row = JSON.parse(change.record ?? change.old_record ?? '{}', (_, value, context) => context?.source !== undefined && typeof value === 'number' ? context.source : value);
    return this.bindings
      .filter(({ schema, table, event, filters }) =>
        schema === change.schema && [change.table, '*'].includes(table) &&
        // An unknown event is `*`.
        (!['INSERT', 'UPDATE', 'DELETE'].includes(event) || event === change.type) &&
        filters.every(({ column, isNot, test, value }) => test(row[column] === null ? 'null' : String(row[column]), value) !== isNot))
      .map(({ id }) => id);
  }
}

/** Sends the changes since `after` to the subscriptions that may see them, in order, and returns the last one's number. */
export async function deliver(server, after) {
  const changes = await server.sql`
    select id, schema, "table", type, record::text, old_record::text,
      (select jsonb_object_agg(k, v) from jsonb_each_text(key) as e(k, v)) as key,
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
      (select json_agg(json_build_object('name', a.attname, 'type', t.typname) order by a.attnum)
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       where a.attrelid = format('%I.%I', schema, "table")::regclass and a.attnum > 0 and not a.attisdropped)::text as columns
    from realtime.server_changes where id > ${after} order by id`;
  for (const change of changes) {
    await deliverOne(server, change);
    after = change.id;
  }
  return after;
}

async function deliverOne(server, change) {
  const seen = new Map();
  for (const subscription of [...server.subscriptions]) {
    const ids = subscription.idsFor(change);
    if (ids.length === 0) continue;
    const claims = JSON.stringify(subscription.claims);
    if (!seen.has(claims)) seen.set(claims, await dataFor(server, subscription.claims, change));
    const data = seen.get(claims);
    if (data === undefined || !server.subscriptions.has(subscription)) continue;
    const { channel } = subscription;
    channel.socket.write(frame(channel, ids, data));
  }
}

function frame({ topic, socket }, ids, data) {
  const payload = `{"ids":${JSON.stringify(ids)},"data":${data}}`;
  return socket.version === 2
    ? `[null,null,${JSON.stringify(topic)},"postgres_changes",${payload}]`
    : `{"topic":${JSON.stringify(topic)},"event":"postgres_changes","payload":${payload},"ref":null}`;
}

/** The JSON text of `data`, so that large numbers keep their digits; `undefined` if the user does not see the row. */
async function dataFor(server, claims, change) {
  const { schema, table, type, record, old_record: old, key, at, columns } = change;
  const head = `"schema":${JSON.stringify(schema)},"table":${JSON.stringify(table)},"type":"${type}"`;
  const failed = (error) => `{${head},"commit_timestamp":null,"columns":[],"record":{},"errors":["${error}"]}`;
  if (key === null && type !== 'DELETE') return failed('Error 400: Bad Request, no primary key');
  let kept = columns;
  // A deleted row is nobody's any more: every subscriber is told its key.
  if (type !== 'DELETE') {
    const readable = await visibleColumns(server.sql, claims, { schema, table, key });
    if (readable === undefined) return undefined;
    if (readable.length === 0) return failed('Error 401: Unauthorized');
    kept = JSON.stringify(JSON.parse(columns).filter(({ name }) => readable.includes(name)));
    if (JSON.parse(kept).length < JSON.parse(columns).length) {
      const text = await only(server, record, readable);
      return `{${head},"commit_timestamp":"${at}","columns":${kept},"record":${text}${old ? `,"old_record":${await only(server, old, readable)}` : ''},"errors":null}`;
    }
  }
  const rows = [record ? `,"record":${record}` : '', old ? `,"old_record":${old}` : ''].join('');
  if (rows.length > 1_000_000) return `{${head},"commit_timestamp":"${at}","columns":${kept}${`,"record":${JSON.stringify(key)}`},"errors":["Error 413: Payload Too Large"]}`;
  return `{${head},"commit_timestamp":"${at}","columns":${kept}${rows},"errors":null}`;
}

async function only(server, text, columns) {
  const [row] = await server.sql`
    select coalesce(jsonb_object_agg(k, v), '{}')::text as kept from jsonb_each(${text}::text::jsonb) as e(k, v) where k = any(${columns})`;
  return row.kept;
}
