create policy tenant_docs on documents using (tenant_id = (select (auth.jwt() ->> 'tenant')::uuid));
create policy by_org on documents using (title = (select auth.jwt() ->> 'org'));
create policy by_plan on documents using (title = (select auth.jwt() -> 'app_metadata' ->> 'plann'));
create policy fine on documents using (tenant_id = (select (auth.jwt() ->> 'tenant_id')::uuid));
create function f() returns text language sql as $$ select auth.jwt() ->> 'nobody' $$;
