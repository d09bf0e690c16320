create policy "teams have a public page" on teams for select to anon using (true);
