create policy members on documents using (tenant_id::text = (select auth.jwt() ->> 'tenant'));
