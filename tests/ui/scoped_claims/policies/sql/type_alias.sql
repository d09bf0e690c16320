create policy members on documents using (tenant_id = (select (auth.jwt() ->> 'tenant_id')::uuid));
