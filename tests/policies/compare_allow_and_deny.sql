create policy p on documents using (title = (select auth.jwt() -> 'partner' ->> 'id'));
create policy q on documents using (title = auth.jwt() ->> 'slug');
