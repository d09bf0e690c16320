create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
create function f() returns text language sql as $x$ select auth.jwt() ->> 'no' $y$;
create policy q on documents using (title = (select auth.jwt() ->> 'plan'));
