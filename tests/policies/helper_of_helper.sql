create function private.claims() returns jsonb language sql stable as $$ select auth.jwt() $$;
create function private.org() returns text language plpgsql stable as $$
begin
  return private.claims() -> 'app_metadata' ->> 'org';
end $$;
create policy p on documents using (title = (select private.org()));
create policy q on documents using (title = (select private.claims() ->> 'slug'));
