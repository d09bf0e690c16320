do $do$
begin
  execute 'create policy p on documents using (title = (select auth.jwt() ->> ''slug''))';
  execute $sql$
    create policy q on documents
      using (title = (select auth.jwt() -> 'user_metadata' ->> 'org'))
  $sql$;
end
$do$ language plpgsql;
