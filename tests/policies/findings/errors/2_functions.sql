create function seated() returns boolean language sql as $$ select (auth.jwt() ->> 'chairs') is not null $$;
create policy seated on documents using ((select seated()));
create policy planned on documents using ((select auth.jwt() ->> 'plan') = 'gold');
