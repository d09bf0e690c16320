-- Whether statements run as another role than that of the request: functions, views or rules with the rights of an owner
-- whom policies restrict, or functions that change the role. Policies for that role are asked then, whoever makes the
-- request.
select (
  exists (
    select from (
      select proowner, pronamespace from pg_catalog.pg_proc where prosecdef
      union all
      select relowner, relnamespace from pg_catalog.pg_class where relhasrules
    ) as run (owner, space)
    join pg_catalog.pg_roles on pg_roles.oid = owner
    join pg_catalog.pg_namespace on pg_namespace.oid = space
    where not rolsuper and not rolbypassrls and nspname not in ('pg_catalog', 'information_schema')
  )
  or exists (
    select from pg_catalog.pg_proc
    where prosrc ~* '\mset\s+(local\s+|session\s+)?role\s+[^=\s]' or prosrc ~* '\mset_config\s*\(\s*''role'''
  )
)::text
