create policy p on documents using (title = (with c as (select auth.jwt() as claims) select c.claims ->> 'slug' from c));
create policy q on documents using (title = (with c (claims) as materialized (select auth.jwt()) select x.claims ->> 'org' from c x));
create view public.my_team with (security_invoker) as
  with token as (select auth.jwt() -> 'app_metadata' as meta)
  select meta ->> 'team' as team from token;
