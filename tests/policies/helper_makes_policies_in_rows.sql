create table a (title text);
create table b (title text);
create function guard(t text) returns void language plpgsql as $$ begin
  execute format('create policy guarded on %I using (title = (select auth.jwt() ->> ''g''))', t);
end $$;
select guard(t) from unnest(array['a', 'b']) as t;
do $$ declare r record; begin
  for r in select table_name from information_schema.tables where table_schema = 'nowhere' loop
    execute format('create policy everywhere on %I using (title = (select auth.jwt() ->> ''every''))', r.table_name);
  end loop;
end $$;
