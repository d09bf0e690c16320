create policy p on documents using (title = (select auth.jwt() ->> 'partner'));
create policy q on notes using (title = (select auth.jwt() ->> 'slug'));
create function f() returns text language sql as $$ select auth.jwt() ->> 'other' $$;
