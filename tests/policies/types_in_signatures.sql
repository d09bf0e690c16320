create type public.app_permission as enum ('a.read');
create function public.authorize(requested public.app_permission) returns boolean language sql stable as $$ select auth.jwt() ->> 'old' = 'admin' $$;
create policy p on documents using (authorize('a.read'));
create or replace function authorize(requested app_permission) returns boolean language sql stable as $$
  select auth.jwt() -> 'app_metadata' ->> 'role' = 'admin' $$;
create function f(text[]) returns text language sql stable as $$ select auth.jwt() ->> 'old' $$;
create or replace function f(_text) returns text language sql stable as $$ select auth.jwt() ->> 'new' $$;
create function g(time, real) returns text language sql stable as $$ select auth.jwt() ->> 'old' $$;
create or replace function g(time without time zone, float(24)) returns text language sql stable as $$ select auth.jwt() ->> 'new' $$;
create function h(text) returns text language sql stable as $$ select auth.jwt() ->> 'old' $$;
create or replace function h(pg_catalog.text) returns text language sql stable as $$ select auth.jwt() ->> 'new' $$;
create function i(documents) returns text language sql stable as $$ select auth.jwt() ->> 'old' $$;
drop function i(public.documents);
create function j(text) returns text language sql stable as $$ select auth.jwt() ->> 'text' $$;
create function j(varchar) returns text language sql stable as $$ select auth.jwt() ->> 'varchar' $$;
drop function j(character varying);
