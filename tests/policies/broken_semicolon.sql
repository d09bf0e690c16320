create policy p on documents using (title = (select auth.jwt() ->> 'slug'))
create policy q on documents using (title = (select auth.jwt() ->> 'plan'))
drop table if exists nothing;
create policy on documents using (true);
create policy r on documents using (title = (select auth.jwt() ->> 'org'));
