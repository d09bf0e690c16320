create function f() returns boolean language plpgsql as $$
declare r text; t jsonb;
begin
  for r in select jsonb_array_elements_text(auth.jwt() -> 'roles') loop
    if r = 'admin' then return true; end if;
  end loop;
  for t in select * from jsonb_array_elements(auth.jwt() -> 'app_metadata' -> 'teams') loop
    null;
  end loop;
  return false;
end $$;
