create policy "members read contracts" on storage.objects for select to authenticated using (bucket_id = 'contracts');
