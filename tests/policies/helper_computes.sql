create function r() returns text language sql stable as $$ select lower(trim(auth.jwt() ->> 'role_name')) $$;
create function s() returns text language sql stable as $$ select 'org-' || (auth.jwt() ->> 'slug') $$;
create function t() returns text language sql stable as $$ select case when auth.jwt() ->> 'kind' = 'a' then 'x' else 'y' end $$;
create function u() returns int language sql stable as $$ select count(*)::int from documents where title = auth.jwt() ->> 'counted' $$;
create policy p on documents using (role = r());
create policy q on documents using (title = s());
create policy v on documents using (title = t());
create policy w on documents using (level = u());
