-- Somebody renames a claim in SQL, and forgets the services that sign it.
alter policy "tenants read their own boards" on boards
  using (tenant_id = (select (auth.jwt() ->> 'organisation_id')::uuid));
