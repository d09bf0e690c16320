create view mine as select * from documents where org = (select auth.jwt() ->> 'tenant');
