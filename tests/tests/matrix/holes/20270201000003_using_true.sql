create policy "tasks are easy to find" on tasks for select to authenticated using (true);
