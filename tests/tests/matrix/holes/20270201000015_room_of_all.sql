create policy "members listen" on realtime.messages for select to authenticated using (true);
