create function f() returns text language plpgsql as $$
declare
  t documents.title%type := auth.jwt() ->> 'slug';
  row documents%rowtype;
begin
  select * into row from documents where title = t;
  return coalesce(t, (select title from documents where tenant_id = (current_setting('request.jwt.claims')::json #>> '{app_metadata,tenant_id}')::uuid));
end $$;
