create policy p on documents using (title = (select auth.jwt() ->> 'a')) with check (title = (select auth.jwt() ->> 'b'));
alter policy p on documents to authenticated using (title = (select auth.jwt() ->> 'c'));
alter policy p on documents rename to q;
alter policy q on documents with check (title = (select auth.jwt() ->> 'd'));
