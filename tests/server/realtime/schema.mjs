// The parts of the schema `realtime` that the server needs, made where the database has none.

export async function prepare(sql) {
  await sql.unsafe(`
    create schema if not exists realtime;
    create table if not exists realtime.messages (
      id uuid not null default gen_random_uuid() primary key,
      topic text not null, extension text not null, payload jsonb, event text,
      private boolean default false, binary_payload bytea,
      updated_at timestamp not null default now(), inserted_at timestamp not null default now()
    );
    alter table realtime.messages add column if not exists binary_payload bytea;
    alter table realtime.messages enable row level security;
    create or replace function realtime.topic() returns text language sql stable
      as $$ select nullif(current_setting('realtime.topic', true), '')::text $$;
    grant usage on schema realtime to anon, authenticated, service_role;
    grant select, insert, update on realtime.messages to anon, authenticated, service_role;
    create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
      returns void language sql
      as $$ insert into realtime.messages (payload, event, topic, private, extension)
            values (payload, event, topic, private, 'broadcast') $$;
    create table if not exists realtime.server_changes (
      id bigint generated always as identity primary key, at timestamptz not null default clock_timestamp(),
      schema text not null, "table" text not null, type text not null, record jsonb, old_record jsonb, key jsonb
    );
    create or replace function realtime.server_note_change() returns trigger
      language plpgsql security definer set search_path = '' as $$
      declare
        keys text[] := (select coalesce(array_agg(a.attname::text), '{}') from pg_catalog.pg_index i
          join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
          where i.indrelid = tg_relid and i.indisprimary);
        is_full boolean := (select relreplident = 'f' from pg_catalog.pg_class where oid = tg_relid);
        now_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
        old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
        key_row jsonb := (select jsonb_object_agg(k, coalesce(now_row, old_row) -> k) from unnest(keys) k);
      begin
        if tg_op <> 'INSERT' and (not is_full or tg_op = 'DELETE') then
          old_row := (select jsonb_object_agg(k, old_row -> k) from unnest(keys) k);
        end if;
        insert into realtime.server_changes (schema, "table", type, record, old_record, key)
          values (tg_table_schema, tg_table_name, tg_op, now_row, old_row, key_row);
        notify realtime_server_changes;
        return null;
      end $$;
    create or replace function realtime.server_note_message() returns trigger language plpgsql as $$
      begin
        if new.payload is not null or new.binary_payload is not null then perform pg_notify('realtime_server_messages', new.id::text); end if;
        return null;
      end $$;
    drop trigger if exists server_note_message on realtime.messages;
    create trigger server_note_message after insert on realtime.messages
      for each row execute function realtime.server_note_message();
  `);
}

/** Publishes a table: from now on its changes are noted. */
export async function publish(sql, name) {
  const [schema, table] = name.split('.');
  await sql.unsafe(`
    drop trigger if exists server_note_change on "${schema}"."${table}";
    create trigger server_note_change after insert or update or delete on "${schema}"."${table}"
      for each row execute function realtime.server_note_change();
  `);
}
