-- A user may be in two teams, and a token names one.
create function my_teams() returns setof uuid language sql stable security definer set search_path = '' as $$
  select team_id from public.members where user_id = (select auth.uid())
$$;
alter policy "members see projects" on projects using (team_id in (select my_teams()));
