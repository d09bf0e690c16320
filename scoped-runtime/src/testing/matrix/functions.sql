-- The functions of these schemas that a request can call, and which roles may call them by GRANT, as one JSON array.
select coalesce(jsonb_agg(jsonb_build_object(
  'name', pg_proc.oid::regprocedure::text,
  'definer', prosecdef,
  'roles', (select coalesce(jsonb_agg(role.name), '[]') from unnest($2::text[]) as role (name)
    where pg_catalog.has_schema_privilege(role.name, pg_namespace.oid, 'usage')
      and pg_catalog.has_function_privilege(role.name, pg_proc.oid, 'execute'))
) order by pg_proc.oid::regprocedure::text), '[]')::text
from pg_catalog.pg_proc
join pg_catalog.pg_namespace on pg_namespace.oid = pronamespace
where nspname = any ($1::text[]) and prokind = 'f' and prorettype <> 'pg_catalog.trigger'::regtype
  and prorettype <> 'pg_catalog.event_trigger'::regtype
  and not exists (
    select from pg_catalog.pg_depend
    where classid = 'pg_catalog.pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e'
  )
