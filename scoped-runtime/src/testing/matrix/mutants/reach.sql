-- The texts that run when a table or a view is used, and those of all functions, as one JSON array in lower case: a
-- name in a text is how one object reaches another.
select coalesce(jsonb_agg(node), '[]')::text
from (
  select jsonb_build_object(
    'oid', class.oid::bigint,
    'name', pg_catalog.lower(class.relname),
    'is_function', false,
    'text', pg_catalog.lower(pg_catalog.concat_ws(' ',
      (select string_agg(pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(polqual, polrelid), pg_catalog.pg_get_expr(polwithcheck, polrelid)), ' ')
        from pg_catalog.pg_policy where polrelid = class.oid),
      (select string_agg(pg_catalog.pg_get_ruledef(oid), ' ') from pg_catalog.pg_rewrite where ev_class = class.oid),
      (select string_agg(pg_catalog.pg_get_expr(adbin, adrelid), ' ') from pg_catalog.pg_attrdef where adrelid = class.oid),
      (select string_agg(pg_catalog.pg_get_constraintdef(oid), ' ') from pg_catalog.pg_constraint where conrelid = class.oid and contype = 'c')
    )),
    -- The functions of its triggers.
    'triggers', (
      select coalesce(jsonb_agg(distinct tgfoid::bigint), '[]') from pg_catalog.pg_trigger where tgrelid = class.oid and not tgisinternal
    ),
    -- The tables whose rows its foreign keys change with its own.
    'children', (
      select coalesce(jsonb_agg(distinct conrelid::bigint), '[]') from pg_catalog.pg_constraint
      where confrelid = class.oid and contype = 'f' and (confdeltype in ('c', 'n', 'd') or confupdtype in ('c', 'n', 'd'))
    )
  ) as node
  from pg_catalog.pg_class as class
  join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
  where class.relkind in ('r', 'p', 'v', 'm') and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  union all
  select jsonb_build_object(
    'oid', proc.oid::bigint,
    'name', pg_catalog.lower(proc.proname),
    'is_function', true,
    'text', pg_catalog.lower(pg_catalog.concat_ws(' ', proc.prosrc, pg_catalog.pg_get_function_sqlbody(proc.oid))),
    'triggers', '[]'::jsonb,
    'children', '[]'::jsonb
  )
  from pg_catalog.pg_proc as proc
  join pg_catalog.pg_namespace as space on space.oid = proc.pronamespace
  where space.nspname not in ('pg_catalog', 'information_schema')
    and not exists (
      select from pg_catalog.pg_depend
      where classid = 'pg_catalog.pg_proc'::regclass and objid = proc.oid and deptype = 'e'
    )
) as nodes
