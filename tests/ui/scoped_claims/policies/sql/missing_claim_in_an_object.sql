create policy members on documents using (org = (select auth.jwt() -> 'app_metadata' ->> 'organization'));
