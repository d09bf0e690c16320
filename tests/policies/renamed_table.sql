create table tasks (id int, title text);
create policy p on tasks using (title = (select auth.jwt() ->> 'slug'));
alter table tasks rename to jobs;
create table tasks (id int);
drop table if exists tasks;
