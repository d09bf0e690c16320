begin; create policy p on documents using (title = (select auth.jwt() ->> 'a'));
commit and chain; create policy q on documents using (title = (select auth.jwt() ->> 'gone'));
rollback and chain; create policy r on documents using (title = (select auth.jwt() ->> 'gone'));
rollback;
begin; create policy s on documents using (title = (select auth.jwt() ->> 'b'));
commit and no chain;
rollback;
begin; savepoint a; release savepoint a; create policy t on documents using (title = (select auth.jwt() ->> 'gone')); rollback;
