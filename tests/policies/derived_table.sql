create policy p on documents using (title = (select c.claims ->> 'slug' from (select auth.jwt() as claims) c));
create policy q on documents using (title = (select claims -> 'app_metadata' ->> 'org' from (select auth.jwt()) as c(claims)));
create policy r on documents using (title = (select jwt ->> 'plan' from (select auth.jwt()) c));
create policy s on documents using (title = (select claims ->> 'team' from auth.jwt() as claims));
create policy t on documents using (title = (select d.jwt ->> 'unit' from auth.jwt() d(jwt)));
