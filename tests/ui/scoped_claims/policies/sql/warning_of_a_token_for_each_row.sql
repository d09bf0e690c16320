create policy members on documents using (org = auth.jwt() ->> 'tenant_id');
