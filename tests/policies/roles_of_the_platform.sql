create role supabase_auth_admin;
create policy a on documents to supabase_auth_admin using (title = (select auth.jwt() ->> 'a'));
create policy b on documents to service_role, postgres using (title = (select auth.jwt() -> 'user_metadata' ->> 'b'));
