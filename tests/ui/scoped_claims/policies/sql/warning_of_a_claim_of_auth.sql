create policy members on documents using (org = (select auth.jwt() ->> 'tenant_id') and (select auth.jwt() ->> 'session_id') is not null);
