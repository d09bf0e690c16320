create function public.rows(t text) returns setof record language plpgsql as $$
declare q text;
begin
  q := 'select * from x where tenant = (auth.jwt() ->> ''tenant_id'')::uuid';
  return query execute format('select * from %I where org = (auth.jwt() -> ''app_metadata'' ->> ''org'')', t);
  raise notice 'auth.jwt() ->> ''nothing''';
end $$;
