create policy p on documents using (title = (select auth.jwt() ->> 'old'));
drop policy p on documents;
create policy q on documents using (title = (select auth.jwt() ->> 'new'));
drop policy if exists nobody on documents;
