create function f() returns text language sql as $$ select auth.jwt() ->> 'old' $$;
create function g() returns text language sql as $$ select auth.jwt() ->> 'old' $$;
create policy p on documents using (title = g());
drop function f;
drop function g() cascade;
