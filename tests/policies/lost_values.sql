create function pre() returns void language plpgsql as $$ begin
  perform set_config('app.tenant', auth.jwt() ->> 'tenant', true);
end $$;
create function held() returns text language plpgsql stable as $$ begin
  create temp table if not exists held as select auth.jwt() ->> 'held_x' as x;
  return (select x from held);
end $$;
create function built() returns jsonb language sql stable as $$ select jsonb_build_object('a', auth.jwt() ->> 'built_x', 'b', 1) $$;
create function walks() returns text language plpgsql stable as $$
declare v jsonb := auth.jwt() -> 'tree';
begin
  while v ? 'next' loop v := v -> 'next'; end loop;
  return v ->> 'leaf';
end $$;
create function other_language() returns text language plv8 as $$ return plv8.execute("select auth.jwt() ->> 'js'")[0] $$;
create policy p on documents using (title = current_setting('app.tenant', true));
create policy q on documents using (title = held());
create policy r on documents using (title = built() ->> 'a');
create policy s on documents using (title = walks());
create policy t on documents using (exists (select 1 from jsonb_each((select auth.jwt() -> 'map')) e where e.value ->> 'x' = 'y'));
