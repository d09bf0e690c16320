create policy members on documents using (org = (select auth.jwt() ->> 'tenant'));
