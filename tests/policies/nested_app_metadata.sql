create policy p on documents using (title = (select auth.jwt() -> 'app_metadata' ->> 'org'));
create policy q on documents using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'org')::uuid));
