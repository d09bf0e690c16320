-- What `cargo run --example live` needs in the database of a project. Run it once, in the SQL editor or as a migration.
-- `--remove-sql` prints what removes it.

-- Notes of their owners; those that are published can be read without a user.
create table public.scoped_live_notes (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  body text not null,
  is_published boolean not null default false
);
alter table public.scoped_live_notes enable row level security;
create policy "scoped_live: owners" on public.scoped_live_notes for all to authenticated
  using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);
create policy "scoped_live: published" on public.scoped_live_notes for select to anon using (is_published);
grant select, insert, update, delete on public.scoped_live_notes to authenticated;
grant select on public.scoped_live_notes to anon;
alter publication supabase_realtime add table public.scoped_live_notes;

-- The claims that the database sees.
create function public.scoped_live_claims() returns jsonb
  language sql stable security invoker set search_path = ''
  as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
revoke execute on function public.scoped_live_claims() from public;
grant execute on function public.scoped_live_claims() to authenticated;

-- A bucket with a folder for each user.
insert into storage.buckets (id, name, public) values ('scoped-live', 'scoped-live', false);
create policy "scoped_live: own folder" on storage.objects for all to authenticated
  using (bucket_id = 'scoped-live' and (storage.foldername(name))[1] = (select auth.uid())::text)
  with check (bucket_id = 'scoped-live' and (storage.foldername(name))[1] = (select auth.uid())::text);

-- Private channels whose names contain the IDs of their members.
create policy "scoped_live: members receive" on realtime.messages for select to authenticated
  using (realtime.topic() like 'scoped-live:%' and position((select auth.uid())::text in realtime.topic()) > 0);
create policy "scoped_live: members send" on realtime.messages for insert to authenticated
  with check (realtime.topic() like 'scoped-live:%' and position((select auth.uid())::text in realtime.topic()) > 0);
