select kind, name, text from (
  select 'table' as kind, format('%I.%I', nspname, relname) as name,
    format('create table %I.%I (); alter table %1$I.%2$I %3$s row level security', nspname, relname,
      case when relrowsecurity and relforcerowsecurity then 'force' when relrowsecurity then 'enable' else 'disable' end) as text
  from pg_catalog.pg_class join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p') and not relispartition and nspname not in (select unnest($1::text[])) and nspname !~ '^pg_'
    and not exists (select from pg_catalog.pg_depend where classid = 'pg_catalog.pg_class'::pg_catalog.regclass and objid = pg_class.oid and deptype = 'e')
  union all
  select 'function', pg_proc.oid::pg_catalog.regprocedure::text, pg_catalog.pg_get_functiondef(pg_proc.oid)
  from pg_catalog.pg_proc join pg_catalog.pg_namespace on pg_namespace.oid = pronamespace
  where prokind in ('f', 'p') and nspname not in (select unnest($1::text[])) and nspname !~ '^pg_'
    and not exists (select from pg_catalog.pg_depend where classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and objid = pg_proc.oid and deptype = 'e')
  union all
  select 'view', format('%I.%I', nspname, relname),
    format('create %s %I.%I%s as %s', case relkind when 'm' then 'materialized view' else 'view' end, nspname, relname,
      ' with (' || pg_catalog.array_to_string(reloptions, ', ') || ')', pg_catalog.pg_get_viewdef(pg_class.oid))
  from pg_catalog.pg_class join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('v', 'm') and nspname not in (select unnest($1::text[])) and nspname !~ '^pg_'
    and not exists (select from pg_catalog.pg_depend where classid = 'pg_catalog.pg_class'::pg_catalog.regclass and objid = pg_class.oid and deptype = 'e')
  union all
  select 'policy', format('%I on %I.%I', polname, nspname, relname),
    format('create policy %I on %I.%I as %s for %s to %s', polname, nspname, relname,
      case when polpermissive then 'permissive' else 'restrictive' end,
      case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      coalesce((select string_agg(quote_ident(rolname), ', ' order by rolname) from pg_catalog.pg_roles where oid = any (polroles)), 'public'))
      || coalesce(' using (' || pg_catalog.pg_get_expr(polqual, polrelid) || ')', '')
      || coalesce(' with check (' || pg_catalog.pg_get_expr(polwithcheck, polrelid) || ')', '')
  from pg_catalog.pg_policy join pg_catalog.pg_class on pg_class.oid = polrelid
  join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
) as definitions
order by kind, name
