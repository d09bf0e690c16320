create policy members on documents using (org = (select auth.jwt() ->> 'tenant_id'));
create policy servers on documents to service_role using (true);
create policy servers on notes to service_role using (true);
