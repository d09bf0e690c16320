create function f(a int) returns text language sql as $$ select auth.jwt() ->> 'one' $$;
create function f(a int, b text default 'x') returns text language sql as $$ select auth.jwt() ->> 'two' $$;
create function f(text) returns text language sql as $$ select auth.jwt() ->> 'three' $$;
drop function f(integer);
drop function if exists f(a character varying, b int);
create policy p on documents using (title = f(1, 'a'));
