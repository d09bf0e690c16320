create view v as select title from documents where title = auth.jwt() ->> 'old';
create or replace view v as select title from documents where title = auth.jwt() ->> 'new';
create materialized view m as select auth.jwt() ->> 'gone' as x;
drop materialized view m;
