create table members (user_id uuid, role text);
create policy p on documents using (exists (select 1 from members where role = (select auth.jwt() ->> 'gone')));
alter table members rename column role to kind;
alter table members drop column kind cascade;
create policy q on documents using (exists (select 1 from members where user_id = (select (auth.jwt() ->> 'q')::uuid)));
