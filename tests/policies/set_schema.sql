create schema app;
create table tasks (id int, title text);
create policy p on tasks using (title = (select auth.jwt() ->> 'slug'));
alter table tasks set schema app;
alter schema app rename to app2;
drop policy if exists p on public.tasks;
