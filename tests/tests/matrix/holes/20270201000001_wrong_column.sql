-- `team_id` is that of `members`, so that every member of a team sees every project.
alter policy "members see projects" on projects
  using (exists (select 1 from members where members.team_id = team_id and members.user_id = (select auth.uid())));
