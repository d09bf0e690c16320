create policy p on documents using ((select auth.uid()) = owner);
create policy q on documents using (auth.role() = 'authenticated');
create policy r on documents using ((select auth.email()) = title);
create policy s on documents with check (auth.uid() is not null);
