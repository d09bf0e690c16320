create table tasks (id int);
create table jobs (id int);
create table steps (id int);
alter table steps enable row level security;
create policy a on tasks to service_role using (true);
create policy b on jobs to service_role using (true);
create policy c on jobs to authenticated using (true);
create policy d on steps to service_role using (true);
