create table tasks (id int, title text);
create policy p on tasks using (title = (select auth.jwt() ->> 'old'));
drop table tasks;
create table tasks (id int, title text);
create policy p on tasks using (title = (select auth.jwt() ->> 'new'));
