create function auth.tenant() returns uuid language sql stable as $$
  select (auth.jwt() ->> 'tenant_id')::uuid
$$;
create policy p on documents using (tenant_id = (select auth.tenant()));
create policy q on documents using (tenant_id = auth.tenant());
