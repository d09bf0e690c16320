create policy p on public.documents using (tenant_id = ((select auth.jwt()) ->> 'tenant_id')::uuid);
