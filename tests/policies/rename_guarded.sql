create table old_notes (id uuid, title text);
create policy p on old_notes using (title = (select auth.jwt() ->> 'x'));
alter table old_notes rename to kept_notes;
create or replace view old_notes as select id, title from kept_notes;
do $$ declare is_table boolean; begin
  select exists (select 1 from information_schema.tables where table_schema = 'public' and table_name = 'old_notes' and table_type = 'BASE TABLE') into is_table;
  if is_table then execute 'alter table old_notes rename to kept_notes'; end if;
end $$;
