-- The texts that run when a table or a view is used, and those of all functions and operators, as one JSON array: a name
-- in a text is how one object reaches another.
select coalesce(jsonb_agg(node), '[]')::text
from (
  select jsonb_build_object(
    'oid', class.oid::bigint,
    'name', class.relname,
    'is_function', false,
    'text', pg_catalog.concat_ws(' ',
      (select string_agg(pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(polqual, polrelid), pg_catalog.pg_get_expr(polwithcheck, polrelid)), ' ')
        from pg_catalog.pg_policy where polrelid = class.oid),
      (select string_agg(pg_catalog.pg_get_ruledef(oid), ' ') from pg_catalog.pg_rewrite where ev_class = class.oid),
      (select string_agg(pg_catalog.pg_get_expr(adbin, adrelid), ' ') from pg_catalog.pg_attrdef where adrelid = class.oid),
      -- The checks of the table, and of the domains that its columns have.
      (select string_agg(pg_catalog.pg_get_constraintdef(oid), ' ') from pg_catalog.pg_constraint
        where contype = 'c' and (conrelid = class.oid
          or contypid in (select atttypid from pg_catalog.pg_attribute where attrelid = class.oid and not attisdropped)))
    ),
    -- The functions of its triggers, and those of their WHEN.
    'triggers', (
      select coalesce(jsonb_agg(distinct refobjid::bigint), '[]')
      from pg_catalog.pg_trigger as pg_trigger join pg_catalog.pg_depend on objid = pg_trigger.oid
      where tgrelid = class.oid and not tgisinternal
        and classid = 'pg_catalog.pg_trigger'::regclass and refclassid = 'pg_catalog.pg_proc'::regclass
    ),
    -- The tables whose rows change with its own: through foreign keys, as its partitions and heirs, and as the tables of
    -- a view.
    'children', (
      select coalesce(jsonb_agg(distinct child::bigint), '[]')
      from (
        select conrelid from pg_catalog.pg_constraint
        where confrelid = class.oid and contype = 'f' and (confdeltype in ('c', 'n', 'd') or confupdtype in ('c', 'n', 'd'))
        union all
        select inhrelid from pg_catalog.pg_inherits where inhparent = class.oid
        union all
        select refobjid from pg_catalog.pg_rewrite as rule join pg_catalog.pg_depend on objid = rule.oid
        where ev_class = class.oid and class.relkind = 'v' and refobjid <> class.oid
          and classid = 'pg_catalog.pg_rewrite'::regclass and refclassid = 'pg_catalog.pg_class'::regclass
      ) as children (child)
    )
  ) as node
  from pg_catalog.pg_class as class
  join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
  where class.relkind in ('r', 'p', 'v', 'm') and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  union all
  select jsonb_build_object(
    'oid', proc.oid::bigint,
    'name', proc.proname,
    'is_function', true,
    -- What a function in another language does cannot be read, as little as dynamic SQL.
    'text', pg_catalog.concat_ws(' ', proc.prosrc, pg_catalog.pg_get_function_sqlbody(proc.oid),
      pg_catalog.pg_get_expr(proc.proargdefaults, 0), case when language.lanname not in ('sql', 'plpgsql') then 'execute' end),
    'triggers', '[]'::jsonb,
    'children', '[]'::jsonb
  )
  from pg_catalog.pg_proc as proc
  join pg_catalog.pg_namespace as space on space.oid = proc.pronamespace
  join pg_catalog.pg_language as language on language.oid = proc.prolang
  where space.nspname not in ('pg_catalog', 'information_schema')
    and not exists (
      select from pg_catalog.pg_depend
      where classid = 'pg_catalog.pg_proc'::regclass and objid = proc.oid and deptype = 'e'
    )
  union all
  select jsonb_build_object(
    'oid', operator.oid::bigint,
    'name', operator.oprname,
    'is_function', true,
    'text', operator.oprcode::text,
    'triggers', '[]'::jsonb,
    'children', '[]'::jsonb
  )
  from pg_catalog.pg_operator as operator
  join pg_catalog.pg_namespace as space on space.oid = operator.oprnamespace
  where space.nspname not in ('pg_catalog', 'information_schema')
    and not exists (
      select from pg_catalog.pg_depend
      where classid = 'pg_catalog.pg_operator'::regclass and objid = operator.oid and deptype = 'e'
    )
) as nodes
