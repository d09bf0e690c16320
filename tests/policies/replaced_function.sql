create function f() returns text language sql as $$ select auth.jwt() ->> 'old' $$;
create policy p on documents using (title = f());
create or replace function public.f() returns text language sql as $$ select auth.jwt() ->> 'new' $$;
