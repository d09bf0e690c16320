create table tasks (id int, slug text, title text);
create policy p on tasks using (slug = (select auth.jwt() ->> 'old'));
create policy q on tasks using (title = (select auth.jwt() ->> 'new'));
alter table tasks drop column slug cascade;
