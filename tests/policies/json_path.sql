create policy p on documents using (jsonb_path_exists((select auth.jwt()), '$.roles[*] ? (@ == "admin")'));
create policy q on documents using ((select auth.jwt() -> 'roles') @? '$[*] ? (@ == "admin")');
create policy r on documents using (title in (select x #>> '{}' from jsonb_path_query((select auth.jwt()) -> 'teams', '$[*].id') x));
