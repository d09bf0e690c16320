create table tasks (id int, title text);
create table jobs (id int, title text);
create table steps (id int, title text);
alter table tasks enable row level security;
alter table jobs enable row level security;
create policy a on tasks using (title = (select auth.jwt() ->> 'x'));
create policy b on jobs using (title = (select auth.jwt() ->> 'x'));
create policy c on steps using (title = (select auth.jwt() ->> 'x'));
alter table jobs disable row level security;
