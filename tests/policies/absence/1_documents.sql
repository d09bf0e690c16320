create table documents (tenant_id text, plan text, region text);
alter table documents enable row level security;
create policy "defaults" on documents for select to authenticated
  using (coalesce((select auth.jwt() ->> 'tenant_id'), 'public') = tenant_id);
create policy "not suspended" on documents as restrictive for select to authenticated
  using ((select auth.jwt() ->> 'suspended') is null);
create policy "planned" on documents for select to authenticated
  using ((select auth.jwt() ->> 'plan') = plan);
create policy "signed" on documents for select to authenticated
  using ((select auth.jwt() ->> 'region') is not null and (select auth.jwt() ->> 'region') = region);
