create function h() returns text language sql stable as $$ select auth.jwt() ->> 'old' $$;
create policy p on documents using (title = h());
do $$ begin
  if (select count(*) from notes) > 5 then
    create or replace function h() returns text language sql stable as 'select auth.jwt() ->> ''new''';
  end if;
end $$;
