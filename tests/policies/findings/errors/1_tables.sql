create table documents (id bigint, tenant_id uuid, title text);
create table notes (id bigint, owner uuid);
create policy "by tenant" on documents using (tenant_id = (select (auth.jwt() ->> 'tenant_id')::uuid));
create policy "by mistake" on documents using (tenant_id = (select (auth.jwt() ->> 'tenant')::uuid));
create policy "by seats" on documents using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'seats')::uuid));
create policy "by themselves" on notes using ((select auth.jwt() -> 'user_metadata' ->> 'admin') = 'yes');
