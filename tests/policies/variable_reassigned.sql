create function f() returns text language plpgsql stable as $$
declare claims jsonb := auth.jwt();
begin
  claims := claims -> 'app_metadata';
  return claims ->> 'role';
end $$;
create function g() returns text language plpgsql stable as $$
declare c jsonb := auth.jwt();
begin
  select c -> 'app_metadata' into c;
  return c ->> 'role';
end $$;
create function h() returns boolean language plpgsql stable as $$
declare v jsonb; ok boolean;
begin
  v := auth.jwt() -> 'a';
  ok := v ->> 'role' = 'admin';
  v := auth.jwt() -> 'b';
  return ok and v ->> 'org' = 'x';
end $$;
create function scoped() returns text language plpgsql stable as $$
declare v jsonb := auth.jwt() -> 'a';
begin
  declare v jsonb := auth.jwt() -> 'b';
  begin
    if v ->> 'org' = 'x' then return 'y'; end if;
  end;
  return v ->> 'role';
end $$;
create policy p on documents using (title = f());
create policy q on documents using (title = g());
create policy r on documents using (h());
create policy s on documents using (title = scoped());
