create table documents (id bigint, tenant_id uuid, title text default auth.jwt() ->> 'titel');
create policy "by plan" on documents using ((select auth.jwt() ->> 'plan') in ('pro', 'gold'));
create policy "each row" on documents using (auth.jwt() ->> 'sub' is not null);
create policy "by key" on documents using ((select auth.jwt() ->> 'tenant_id'::uuid) is not null);
create policy "by session" on documents using ((select auth.jwt() ->> 'session_id') is not null);
create policy "by assurance" on documents using ((select auth.jwt() ->> 'aal') = 'aal2');
create policy "by role" on documents using ((select auth.jwt() ->> 'role') = 'editor');
