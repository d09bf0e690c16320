create function public.get_my_claim(claim text) returns jsonb language sql stable as $$
  select coalesce(current_setting('request.jwt.claims', true)::jsonb ->> claim, null)::jsonb
$$;
create function public.get_my_level() returns bigint language sql stable as $$
  select (public.get_my_claim('level'))::bigint;
$$;
create policy p on documents using (level = (select public.get_my_level()));
create policy q on documents using (level = (public.get_my_claim('level'))::bigint);
