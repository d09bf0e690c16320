do $$
declare r record;
begin
  for r in select tablename from pg_tables where schemaname = 'app' loop
    execute format('create policy tenant on app.%I using (tenant_id = ((select auth.jwt()) ->> ''tenant_id'')::uuid)', r.tablename);
  end loop;
end $$;
