create role auditor;
create policy members on documents using (org = (select auth.jwt() ->> 'tenant_id'));
create policy audits on documents to auditor using (true);
