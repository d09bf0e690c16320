create policy p on documents using (title = (select auth.jwt() ->> 'slug';
create policy q on documents using (title = (select auth.jwt() ->> 'plan')));
