alter policy "members comment as themselves" on comments
  with check (exists (select 1 from tasks where tasks.id = comments.task_id));
