create function by_name(name text) returns jsonb language plpgsql as $$ begin return auth.jwt() -> 'app_metadata' -> lower(name); end $$;
create view seats as select (auth.jwt() -> 'app_metadata' ->> 'seats')::boolean as seats;
do $$
begin
  execute format('create policy %I on documents using ((select auth.jwt() ->> %L) is not null)', 'dynamic', 'dynamic');
end
$$;
