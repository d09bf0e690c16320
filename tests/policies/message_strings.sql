create function f() returns text language plpgsql as $$
begin
  raise exception 'auth.jwt() ->> ''tenant'' is missing: %', auth.jwt() ->> 'slug';
end $$;
comment on function f is 'reads auth.jwt() ->> ''org''';
