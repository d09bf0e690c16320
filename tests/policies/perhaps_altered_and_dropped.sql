create function f() returns text language sql stable as $$ select auth.jwt() ->> 'f' $$;
create policy p on documents using (title = (select auth.jwt() ->> 'kept'));
do $$ begin
  if (select count(*) from notes) > 5 then
    alter policy p on documents using (title = f());
  end if;
end $$;
create policy q on documents using (title = f());
drop function f() cascade;
