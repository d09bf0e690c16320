-- file: 1.sql
create schema app;
set search_path = app;
create table tasks (id int, title text);
create policy p on tasks using (title = (select auth.jwt() ->> 'slug'));
-- file: 2.sql
create table tasks (id int, title text);
drop policy if exists p on tasks;
