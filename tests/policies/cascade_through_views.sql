create table base (id int, title text);
create view first_view as select title, auth.jwt() ->> 'old' as claim from base;
create view second_view as select title from first_view;
create function parsed() returns bigint language sql return (select count(*) from second_view);
create policy p on documents using (exists (select 1 from second_view where second_view.title = (select auth.jwt() ->> 'p')));
create policy q on documents using (parsed() > 1 and title = (select auth.jwt() ->> 'q'));
create policy r on documents using (title = (select auth.jwt() ->> 'r'));
drop table base cascade;
