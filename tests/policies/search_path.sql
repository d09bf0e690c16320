create schema app;
create table app.tasks (id int, title text);
set search_path to app, public;
create policy p on tasks using (title = (select auth.jwt() ->> 'slug'));
create policy q on documents using (title = (select auth.jwt() ->> 'plan'));
reset search_path;
drop policy if exists p on tasks;
select pg_catalog.set_config('search_path', 'app', false);
drop policy q on public.documents;
