-- Rows of a tenant, which is known only from a custom claim of the token.
create table documents (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  title text not null
);
create index documents_tenant on documents (tenant_id);

insert into documents (tenant_id, title) values
  ('acme', 'Anvils'), ('acme', 'Rockets'), ('acme', 'Magnets'),
  ('globex', 'Orbits'), ('globex', 'Lasers');

alter table documents enable row level security;

create policy "tenants read their own documents" on documents
  for select to authenticated using (tenant_id = (select auth.jwt() ->> 'tenant_id'));
create policy "tenants add their own documents" on documents
  for insert to authenticated with check (tenant_id = (select auth.jwt() ->> 'tenant_id'));

grant select, insert on documents to authenticated;
