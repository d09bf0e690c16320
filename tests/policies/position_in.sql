create policy p on documents using (position('admin' in (select auth.jwt() ->> 'roles')) > 0);
create policy q on documents using (substring((select auth.jwt() ->> 'roles') from 1 for 3) = 'adm');
create policy r on documents using (trim(both ' ' from (select auth.jwt() ->> 'roles')) = 'x');
create policy s on documents using (extract(epoch from (select (auth.jwt() ->> 'until')::timestamptz)) > 1);
create policy t on documents using (overlay((select auth.jwt() ->> 'roles') placing 'x' from 1 for 1) = 'x');
