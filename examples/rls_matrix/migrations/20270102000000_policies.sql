-- The team and the role in it are claims of the token.
create function claimed_team() returns uuid language sql stable as $$
  select (auth.jwt() ->> 'team_id')::uuid
$$;
create function may_write() returns boolean language sql stable as $$
  select (auth.jwt() ->> 'team_role') in ('owner', 'member')
$$;
create function is_owner() returns boolean language sql stable as $$
  select (auth.jwt() ->> 'team_role') = 'owner'
$$;

create policy "members see their team" on teams for select to authenticated
  using (id = claimed_team());
create policy "owners rename their team" on teams for update to authenticated
  using (id = claimed_team() and is_owner());

create policy "members see each other" on members for select to authenticated
  using (team_id = claimed_team());
create policy "owners add members" on members for insert to authenticated
  with check (team_id = claimed_team() and is_owner());
create policy "owners remove members" on members for delete to authenticated
  using (team_id = claimed_team() and is_owner());

create policy "members see projects" on projects for select to authenticated
  using (team_id = claimed_team());
create policy "writers add projects" on projects for insert to authenticated
  with check (team_id = claimed_team() and may_write());
create policy "writers change projects" on projects for update to authenticated
  using (team_id = claimed_team() and may_write())
  with check (team_id = claimed_team());
create policy "owners delete projects" on projects for delete to authenticated
  using (team_id = claimed_team() and is_owner());

create policy "members see tasks" on tasks for select to authenticated
  using (exists (select 1 from projects where projects.id = tasks.project_id));
create policy "writers add tasks" on tasks for insert to authenticated
  with check (may_write() and exists (select 1 from projects where projects.id = tasks.project_id));
create policy "writers change tasks" on tasks for update to authenticated
  using (may_write() and exists (select 1 from projects where projects.id = tasks.project_id));
create policy "writers delete tasks" on tasks for delete to authenticated
  using (may_write() and exists (select 1 from projects where projects.id = tasks.project_id));

create policy "members see comments" on comments for select to authenticated
  using (exists (select 1 from tasks where tasks.id = comments.task_id));
create policy "members comment as themselves" on comments for insert to authenticated
  with check (author_id = (select auth.uid()) and exists (select 1 from tasks where tasks.id = comments.task_id));
create policy "authors delete their comments" on comments for delete to authenticated
  using (author_id = (select auth.uid()));
