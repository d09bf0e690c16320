-- Users write their `user_metadata` themselves.
create policy "guests see projects" on projects for select to authenticated
  using (team_id = ((select auth.jwt()) -> 'user_metadata' ->> 'team_id')::uuid);
