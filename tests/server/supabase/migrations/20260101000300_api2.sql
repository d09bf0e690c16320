-- A second exposed schema, chosen by the Accept-Profile and Content-Profile headers.
create schema api2;
grant usage on schema api2 to anon, authenticated, service_role;

create table api2.tasks (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  title text not null,
  done boolean not null default false
);
create index tasks_owner on api2.tasks (owner);
alter table api2.tasks enable row level security;

create policy "users work on their own tasks" on api2.tasks
  for all to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);

grant select, insert, update, delete on api2.tasks to authenticated;
