create function f(a int) returns text language sql stable as $$ select auth.jwt() ->> 'int' $$;
create function f(a text) returns text language sql stable as $$ select auth.jwt() ->> 'text' $$;
create function f(a uuid) returns text language sql stable as $$ select auth.jwt() ->> 'uuid' $$;
create policy p on documents using (title = f('x'));
create policy q on documents using (title = f('x'::text));
create policy r on documents using (title = f((select (auth.jwt() ->> 'sub')::uuid)));
drop function f(uuid) cascade;
drop function f(int);
