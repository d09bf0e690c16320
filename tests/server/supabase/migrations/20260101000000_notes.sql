-- Functions of the three API roles may use auth.uid() and auth.jwt(); hosted Supabase grants this itself.
grant usage on schema auth to anon, authenticated, service_role;

-- One owner a row: the textbook case of a user-scoped client.
create table notes (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  body text not null,
  created_at timestamptz not null default now()
);
create index notes_owner on notes (owner);
alter table notes enable row level security;

create policy "users read their own notes" on notes
  for select to authenticated using ((select auth.uid()) = owner);
create policy "users write their own notes" on notes
  for insert to authenticated with check ((select auth.uid()) = owner);
create policy "users change their own notes" on notes
  for update to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);
create policy "users delete their own notes" on notes
  for delete to authenticated using ((select auth.uid()) = owner);

grant select, insert, update, delete on notes to authenticated;
