create function public.has_claim(name text, wanted text) returns boolean language sql stable as $$
  select auth.jwt() -> 'app_metadata' ->> name = wanted
$$;
create policy p on documents using ((select public.has_claim('plan', 'pro')));
