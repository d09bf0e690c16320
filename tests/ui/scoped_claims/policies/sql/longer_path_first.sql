create policy members on documents using (org = (select auth.jwt() -> 'app_metadata' ->> 'org') and team = (select auth.jwt() -> 'app_metadata' ->> 'team'));
