-- What each role may do with each relation by GRANT alone, as one JSON array.
select coalesce(jsonb_agg(jsonb_build_object(
  'role', role.name,
  'oid', class.oid::bigint,
  'usage', pg_catalog.has_schema_privilege(role.name, class.relnamespace, 'usage'),
  'delete', pg_catalog.has_table_privilege(role.name, class.oid, 'delete'),
  'whole', pg_catalog.has_table_privilege(role.name, class.oid, 'select'),
  'select', (select coalesce(jsonb_agg(attname order by attnum), '[]') from pg_catalog.pg_attribute
    where attrelid = class.oid and attnum > 0 and not attisdropped and pg_catalog.has_column_privilege(role.name, class.oid, attnum, 'select')),
  'insert', (select coalesce(jsonb_agg(attname order by attnum), '[]') from pg_catalog.pg_attribute
    where attrelid = class.oid and attnum > 0 and not attisdropped and pg_catalog.has_column_privilege(role.name, class.oid, attnum, 'insert')),
  'update', (select coalesce(jsonb_agg(attname order by attnum), '[]') from pg_catalog.pg_attribute
    where attrelid = class.oid and attnum > 0 and not attisdropped and pg_catalog.has_column_privilege(role.name, class.oid, attnum, 'update'))
)), '[]')::text
from unnest($1::text[]) as role (name)
cross join unnest($2::bigint[]) as wanted (oid)
join pg_catalog.pg_class as class on class.oid = wanted.oid::oid
