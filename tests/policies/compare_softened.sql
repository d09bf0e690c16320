create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
create policy q on documents using (title = (select auth.jwt() -> 'partner' ->> 'id'));
create policy r on documents using (title = (select auth.jwt() -> 'user_metadata' ->> 'x'));
