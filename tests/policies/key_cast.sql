create policy p on documents using (tenant_id::text = (select auth.jwt() ->> 'tenant_id'::uuid));
create policy q on documents using (title = (select auth.jwt() ->> 'slug'::text));
create policy r on documents using (title = (select auth.jwt() -> ('app_metadata'::text) ->> ('org')));
