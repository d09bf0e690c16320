create table tasks (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  tenant uuid default (auth.jwt() ->> 'tenant_id')::uuid,
  old text default (auth.jwt() ->> 'old'),
  gone text default (auth.jwt() ->> 'gone'),
  check (owner is not null)
);
alter table tasks alter column old set default auth.jwt() ->> 'new', drop column gone;
alter table only public.tasks add column if not exists plan text default (auth.jwt() ->> 'plan');
alter table tasks alter tenant drop default;
