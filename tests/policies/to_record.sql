create policy p on documents using (exists (
  select 1 from jsonb_to_record((select auth.jwt() -> 'app_metadata')) as r(org uuid, plan text) where r.org = tenant_id));
