create function has(meta jsonb, k text) returns boolean language sql stable as $$ select meta -> 'flags' ->> k = 'on' $$;
create function deep(token jsonb) returns text language plpgsql stable as $$
declare meta jsonb;
begin
  meta := token -> 'meta';
  return meta ->> 'plan';
end $$;
create policy p on documents using (has((select auth.jwt() -> 'app_metadata'), 'beta'));
create policy q on documents using (title = deep((select auth.jwt())));
create policy r on documents using (made_by_hand((select auth.jwt() -> 'app_metadata')));
