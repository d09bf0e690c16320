create function a() returns text language sql stable as $$ select auth.jwt() ->> 'slug' $$;
create function b() returns text language sql stable as $$ select auth.jwt() ->> 'slug' $$;
create function c() returns text language sql stable as $$ select (auth.jwt() ->> 'slug') || (auth.jwt() ->> 'rol') $$;
create view v as select auth.jwt() ->> 'slug' as s;
create policy p on documents using (title = (select auth.jwt() ->> 'plan'));
create policy q on documents using (title = (select auth.jwt() ->> 'plan') and (select auth.jwt() ->> 'level') = 'x');
