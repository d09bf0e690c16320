create table members (user_id uuid, org_id uuid, role text);
create table teams (id int, role text);
create policy p on documents using (exists (select 1 from members m where m.role = (select auth.jwt() ->> 'gone')));
create policy q on documents using (exists (select 1 from members where role = (select auth.jwt() ->> 'gone')));
create policy r on documents using (exists (select 1 from teams where role = (select auth.jwt() ->> 'r')));
create policy s on documents using (role = (select auth.jwt() ->> 's') and exists (select 1 from members where org_id = tenant_id));
alter table members drop column role cascade;
