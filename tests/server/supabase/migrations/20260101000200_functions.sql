-- What the database sees of the caller's token.
create function whoami() returns jsonb
  language sql stable security invoker set search_path = ''
  as $$ select auth.jwt() $$;

create function add(a int, b int) returns int
  language sql immutable security invoker set search_path = ''
  as $$ select a + b $$;

-- Rows, so that filters, order and limit apply to it as they do to a table.
create function my_notes() returns setof notes
  language sql stable security invoker set search_path = ''
  as $$ select * from public.notes where owner = (select auth.uid()) $$;

grant execute on function whoami(), add(int, int), my_notes() to anon, authenticated, service_role;
