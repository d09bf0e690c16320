create function public.old_org() returns text language sql stable as $$ select auth.jwt() ->> 'org' $$;
create policy p on documents using (title = public.old_org());
alter function public.old_org() rename to org;
create policy q on documents using (title = public.org());
