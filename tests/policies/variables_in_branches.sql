create function f(flag boolean) returns text language plpgsql stable as $$
declare v jsonb := auth.jwt();
begin
  if flag then
    v := v -> 'a';
    return v ->> 'x';
  elsif v ->> 'kind' = 'k' then
    v := v -> 'b';
  else
    v := v -> 'c';
  end if;
  return v ->> 'y';
end $$;
create function g() returns text language plpgsql stable as $$
declare v text; i int;
begin
  begin
    v := auth.jwt() ->> 'first';
    i := v::int;
  exception when others then
    v := auth.jwt() ->> 'second';
  end;
  return v;
end $$;
create policy p on documents using (title = f(level > 1));
create policy q on documents using (title = g());
