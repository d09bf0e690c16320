-- Rows of a tenant whose ID is a UUID, in the claim as in the table.
create table boards (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  title text not null
);
create index boards_tenant on boards (tenant_id);

insert into boards (tenant_id, title) values
  ('acfe0000-0000-4000-8000-000000000001', 'Anvils'),
  ('acfe0000-0000-4000-8000-000000000001', 'Rockets'),
  ('910be000-0000-4000-8000-000000000002', 'Orbits');

alter table boards enable row level security;

create policy "tenants read their own boards" on boards
  for select to authenticated using (tenant_id = (select (auth.jwt() ->> 'tenant_id')::uuid));

grant select on boards to authenticated;
