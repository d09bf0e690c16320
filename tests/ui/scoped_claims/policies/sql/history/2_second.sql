create policy second on documents using (org = (select auth.jwt() ->> 'tenant_id'));
