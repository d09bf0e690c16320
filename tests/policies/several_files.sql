-- file: 1.sql
create policy p on documents using (title = (select auth.jwt() ->> 'a'));
-- file: 2.sql
drop policy p on documents;

create policy p on documents using (title = (select auth.jwt() ->> 'b'));
