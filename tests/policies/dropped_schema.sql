create schema app;
create table app.tasks (id int, title text default (auth.jwt() ->> 'old'));
create policy p on app.tasks using (title = (select auth.jwt() ->> 'old'));
create function app.f() returns text language sql as $$ select auth.jwt() ->> 'old' $$;
create policy q on documents using (title = app.f());
drop schema if exists app cascade;
