-- The claim is `team_id`.
alter policy "members see projects" on projects
  using (team_id = coalesce((auth.jwt() ->> 'teamId')::uuid, team_id));
