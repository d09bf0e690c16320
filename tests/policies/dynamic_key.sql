create policy p on documents using ((select auth.jwt() -> 'app_metadata') ->> title = 'x');
create policy q on documents using ((select auth.jwt()) ->> lower('Plan') = 'x');
create policy r on documents using ((select auth.jwt() -> 'orgs' -> tenant_id::text ->> 'role') = 'owner');
