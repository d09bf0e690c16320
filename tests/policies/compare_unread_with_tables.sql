create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
create policy q on notes using (title = (select auth.jwt() ->> 'other'));
create function f() returns text language sql as $$ select auth.jwt() ->> 'called' $$;
create view v as select auth.jwt() ->> 'viewed' as x;
