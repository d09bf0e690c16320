-- A slow database, for deadlines.
create function wait_for(seconds double precision) returns void
  language sql volatile security invoker set search_path = ''
  as $$ select pg_catalog.pg_sleep(seconds) $$;

grant execute on function wait_for(double precision) to authenticated;
