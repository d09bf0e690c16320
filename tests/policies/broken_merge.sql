<<<<<<< HEAD
create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
=======
create policy q on documents using (title = (select auth.jwt() ->> 'plan'));
>>>>>>> other
create policy r on documents using (title = (select auth.jwt() ->> 'org'));
