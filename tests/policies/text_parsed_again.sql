create policy p on documents using (((select auth.jwt() ->> 'app_metadata')::jsonb ->> 'org') = title);
