create policy members on documents using (tenant_id::text = (select auth.jwt() -> 'user_metadata' ->> 'tenant_id')
    and tenant_id::text = (select auth.jwt() ->> 'tenant_id'));
