create policy members on documents using (org = (select auth.jwt() ->> 'tenant_id') and (select auth.jwt() ->> 'role') = 'editor');
