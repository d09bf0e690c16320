-- A project can be given to another team.
alter policy "writers change projects" on projects with check (true);
