-- Everything that the matrix has to know about the relations of these schemas, as one JSON array.
select coalesce(jsonb_agg(relation order by relation ->> 'schema', relation ->> 'name'), '[]')::text
from (
  select jsonb_build_object(
    'oid', class.oid::bigint,
    'schema', space.nspname,
    'name', class.relname,
    'kind', class.relkind::text,
    'rls', class.relrowsecurity,
    'columns', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'name', attribute.attname,
        'type', pg_catalog.format_type(base.oid, attribute.atttypmod),
        'category', base.typcategory::text,
        'labels', (select jsonb_agg(enumlabel order by enumsortorder) from pg_catalog.pg_enum where enumtypid = base.oid),
        'not_null', attribute.attnotnull or declared.typnotnull,
        'default', pg_catalog.pg_get_expr(standard.adbin, standard.adrelid),
        'identity', attribute.attidentity <> '',
        'generated', attribute.attgenerated <> '' or attribute.attidentity = 'a'
      ) order by attribute.attnum), '[]')
      from pg_catalog.pg_attribute as attribute
      join pg_catalog.pg_type as declared on declared.oid = attribute.atttypid
      join pg_catalog.pg_type as base on base.oid = case declared.typtype when 'd' then declared.typbasetype else declared.oid end
      left join pg_catalog.pg_attrdef as standard on standard.adrelid = attribute.attrelid and standard.adnum = attribute.attnum
      where attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
    ),
    'key', (
      select jsonb_agg(attribute.attname order by place)
      from pg_catalog.pg_constraint as constraints, unnest(constraints.conkey) with ordinality as key (number, place)
      join pg_catalog.pg_attribute as attribute on attribute.attnum = key.number
      where constraints.conrelid = class.oid and constraints.contype = 'p' and attribute.attrelid = class.oid
    ),
    'foreign', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'columns', (select jsonb_agg(attname order by place) from unnest(constraints.conkey) with ordinality as key (number, place)
          join pg_catalog.pg_attribute on attrelid = constraints.conrelid and attnum = key.number),
        'schema', target_space.nspname,
        'table', target.relname,
        'references', (select jsonb_agg(attname order by place) from unnest(constraints.confkey) with ordinality as key (number, place)
          join pg_catalog.pg_attribute on attrelid = constraints.confrelid and attnum = key.number)
      ) order by constraints.conname), '[]')
      from pg_catalog.pg_constraint as constraints
      join pg_catalog.pg_class as target on target.oid = constraints.confrelid
      join pg_catalog.pg_namespace as target_space on target_space.oid = target.relnamespace
      where constraints.conrelid = class.oid and constraints.contype = 'f'
    ),
    'checks', (
      select coalesce(jsonb_agg(pg_catalog.pg_get_constraintdef(constraints.oid) order by conname), '[]')
      from pg_catalog.pg_constraint as constraints
      where constraints.conrelid = class.oid and constraints.contype = 'c'
    ),
    'policies', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'name', policy.polname,
        'command', policy.polcmd::text,
        'permissive', policy.polpermissive,
        'roles', (select coalesce(jsonb_agg(rolname order by rolname), '["public"]') from pg_catalog.pg_roles where oid = any (policy.polroles)),
        'using', pg_catalog.pg_get_expr(policy.polqual, policy.polrelid),
        'check', pg_catalog.pg_get_expr(policy.polwithcheck, policy.polrelid),
        'columns', (
          select coalesce(jsonb_agg(distinct attname), '[]')
          from pg_catalog.pg_depend join pg_catalog.pg_attribute on attrelid = refobjid and attnum = refobjsubid
          where classid = 'pg_catalog.pg_policy'::regclass and objid = policy.oid and refobjid = class.oid and refobjsubid > 0
        ),
        'functions', (
          select coalesce(jsonb_agg(distinct refobjid::bigint), '[]')
          from pg_catalog.pg_depend join pg_catalog.pg_proc on pg_proc.oid = refobjid
          join pg_catalog.pg_namespace on pg_namespace.oid = pronamespace
          where classid = 'pg_catalog.pg_policy'::regclass and objid = policy.oid
            and refclassid = 'pg_catalog.pg_proc'::regclass
            and nspname not in ('pg_catalog', 'auth', 'storage', 'realtime', 'extensions')
        )
      ) order by policy.polname), '[]')
      from pg_catalog.pg_policy as policy where policy.polrelid = class.oid
    )
  ) as relation
  from pg_catalog.pg_class as class
  join pg_catalog.pg_namespace as space on space.oid = class.relnamespace
  where class.relkind in ('r', 'p', 'v', 'm') and not class.relispartition
    and (space.nspname = any ($1::text[]) or (space.nspname, class.relname) in (('auth', 'users'), ('storage', 'objects'), ('storage', 'buckets'), ('realtime', 'messages')))
    and not exists (
      select from pg_catalog.pg_depend
      where classid = 'pg_catalog.pg_class'::regclass and objid = class.oid and deptype = 'e'
    )
) as relations
