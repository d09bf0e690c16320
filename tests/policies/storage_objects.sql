create policy "own folder" on storage.objects for insert to authenticated with check (
  bucket_id = 'files' and (storage.foldername(name))[1] = (select auth.jwt() ->> 'tenant_id')
);
