create table a (id int, tenant_id uuid);
create table b (id int, tenant_id uuid);
do $$
declare
  t text;
begin
  foreach t in array array['a', 'b'] loop
    execute format('alter table %I enable row level security', t);
    execute format('drop policy if exists tenant on public.%I', t);
    execute format(
      'create policy tenant on public.%I using (tenant_id = ((select auth.jwt()) ->> %L)::uuid)', t, 'tenant_id');
    execute 'create policy ' || quote_ident('more_' || t) || ' on ' || t || ' for select using (true)';
  end loop;
end $$;
