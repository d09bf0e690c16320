-- The roles that every Supabase project has. They belong to the server and not to a database, so on a server of
-- the user's own they may exist already, or another process makes them at the same time: one waits for the other.
select pg_advisory_xact_lock(hashtext('scoped_kit'));

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('postgres', 'login createdb createrole replication bypassrls'),
      ('anon', 'nologin'),
      ('authenticated', 'nologin'),
      ('service_role', 'nologin bypassrls'),
      ('authenticator', 'login noinherit'),
      ('dashboard_user', 'nologin createdb createrole'),
      ('supabase_auth_admin', 'nologin noinherit createrole'),
      ('supabase_storage_admin', 'nologin noinherit createrole'),
      ('supabase_realtime_admin', 'nologin noinherit')
    ) as roles (name, options)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.options);
      -- The time limits of a login; a change of the role within a session does not apply them.
      case wanted.name
        when 'anon' then
          alter role anon set statement_timeout = '3s';
        when 'authenticated' then
          alter role authenticated set statement_timeout = '8s';
        when 'authenticator' then
          alter role authenticator set statement_timeout = '8s';
          alter role authenticator set lock_timeout = '8s';
          grant anon, authenticated, service_role to authenticator;
        when 'postgres' then
          alter role postgres set search_path = "$user", public, extensions;
        else
          null;
      end case;
    end if;
  end loop;
  -- Roles that a migration makes for the API are granted to `authenticator` by `postgres`, who also makes policies
  -- on the tables of Storage and Realtime, and makes and drops triggers on those of Auth.
  if not (select rolsuper from pg_catalog.pg_roles where rolname = 'postgres')
    and (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
  then
    grant anon, authenticated, service_role, authenticator to postgres with admin option;
    grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to postgres;
  end if;
end
$$;
