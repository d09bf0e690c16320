create function private.ok() returns boolean language sql as $$ select true $$;
create function public.ok() returns boolean language sql as $$ select true $$;
create policy p on documents using (ok() and title = (select auth.jwt() ->> 'p'));
create policy q on documents using (private.ok() and title = (select auth.jwt() ->> 'q'));
set search_path = private, public;
create policy r on documents using (ok() and title = (select auth.jwt() ->> 'r'));
reset search_path;
drop function private.ok() cascade;
