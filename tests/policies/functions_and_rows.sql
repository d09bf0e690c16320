create table members (user_id uuid, org_id uuid, role text);
create function record() returns setof members language plpgsql stable as $$
declare m members;
begin
  m.role := auth.jwt() ->> 'record_x';
  return next m;
end $$;
create function by_default(j jsonb default auth.jwt()) returns text language sql stable as $$ select j ->> 'default_x' $$;
create function keys(variadic ks text[]) returns text language sql stable as $$ select auth.jwt() #>> ks $$;
create function by_cursor() returns text language plpgsql stable as $$
declare c cursor for select auth.jwt() ->> 'cursor_x'; x text;
begin
  open c;
  fetch c into x;
  return x;
end $$;
create policy p on documents using (exists (select 1 from record() where role = 'x'));
create policy q on documents using (title = by_default());
create policy r on documents using (title = keys('m', 'x'));
create policy s on documents using (title = by_cursor());
create policy t on documents using (title = (select x from (values (auth.jwt() ->> 'values_x')) as v(x)));
create policy u on documents using (title = by_default((select auth.jwt() -> 'given')));
