-- Buckets of the tests. What stands in `own` belongs to the user whose ID is its first folder.
insert into storage.buckets (id, name, public) values ('own', 'own', false), ('open', 'open', true);

create policy "users read their own folder" on storage.objects
  for select to authenticated
  using (bucket_id = 'own' and (storage.foldername(name))[1] = (select auth.jwt() ->> 'sub'));
create policy "users add to their own folder" on storage.objects
  for insert to authenticated
  with check (bucket_id = 'own' and (storage.foldername(name))[1] = (select auth.jwt() ->> 'sub'));
create policy "users change their own folder" on storage.objects
  for update to authenticated
  using (bucket_id = 'own' and (storage.foldername(name))[1] = (select auth.jwt() ->> 'sub'))
  with check (bucket_id = 'own' and (storage.foldername(name))[1] = (select auth.jwt() ->> 'sub'));
create policy "users clear their own folder" on storage.objects
  for delete to authenticated
  using (bucket_id = 'own' and (storage.foldername(name))[1] = (select auth.jwt() ->> 'sub'));
