create policy p on documents using ((select auth.jwt() -> 'user_metadata' ->> 'org') = title);
create function public.my_team() returns text language sql stable as $$
  select auth.jwt() -> 'user_metadata' ->> 'team'
$$;
create policy q on documents using (title = (select public.my_team()));
