create function h() returns text language sql stable as $$ select auth.jwt() ->> 'h' $$;
create view v as select h() as x;
create policy p on documents using (title = h());
create policy q on documents using (title = (select x from v));
alter function h() rename to hh;
alter view v rename to vv;
create function h() returns text language sql stable as $$ select 'nothing' $$;
create view v as select 'nothing' as x;
create policy r on documents using (title = h() and title = (select x from v));
