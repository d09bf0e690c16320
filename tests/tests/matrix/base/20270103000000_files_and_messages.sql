-- Files and messages of teams, beside the tables of the example.
insert into storage.buckets (id, name, public) values ('contracts', 'contracts', false);
create policy "teams read their contracts" on storage.objects for select to authenticated
  using (bucket_id = 'contracts' and (storage.foldername(name))[1] = claimed_team()::text);
create policy "teams listen to their room" on realtime.messages for select to authenticated
  using (realtime.topic() = 'team:' || claimed_team());
