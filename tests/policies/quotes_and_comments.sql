-- create policy no1 on documents using (title = (select auth.jwt() ->> 'no1'));
/* /* nested; */ create policy no2 on documents using (title = auth.jwt() ->> 'no2'); */
comment on table documents is 'create policy no3 on documents using (auth.jwt() ->> ''no3'' = title);';
select E'it\'s; create policy no4', 'a '' b;', $tag$ create policy no5 on x using (auth.jwt() ->> 'y' = z); $tag$, U&'d\0061t;a', "q;uoted" from (select 1 as "q;uoted") x;
create policy p on documents using (title = (select auth.jwt() /* the; ' key */ ->> -- here
  'slug'));
create policy q on documents using (title = (select auth.jwt() ->> E'pl\u0061n'));
create policy r on documents using (title = (select auth.jwt() ->> U&'\006frg'));
create policy s on documents using (title = (select auth.jwt() ->> 'te'
  'am'));
