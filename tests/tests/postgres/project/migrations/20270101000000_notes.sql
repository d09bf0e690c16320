create type mood as enum ('calm', 'wild');

create table notes (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  body text not null,
  stars int4 not null default 0 constraint stars_are_counted check (stars >= 0),
  slug text constraint slug_is_taken unique,
  mood mood
);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
create policy published on notes for select to anon using (slug is not null);

create table shared (tenant text not null, body text not null);
alter table shared enable row level security;
create policy tenants on shared to authenticated using (tenant = auth.jwt() ->> 'tenant_id');

-- No grant: the API's roles get none of the rights that tables in `public` get by default.
create table vault (secret text not null);
alter table vault enable row level security;
create policy everything on vault to authenticated using (true);
revoke all on vault from anon, authenticated;

-- Roles belong to the server, which may have it from another run.
do $$ begin
  if not exists (select from pg_roles where rolname = 'reporting') then
    create role reporting nologin;
  end if;
end $$;
grant select on notes to reporting;
create policy all_of_them on notes for select to reporting using (true);
