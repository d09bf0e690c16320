create policy p on documents using (jsonb_path_exists((select auth.jwt()), '$.roles[*] ? (@ == "admin")'));
create policy q on documents using ((select auth.jwt() -> 'roles') @? '$[*] ? (@ == "admin")');
create policy r on documents using (title in (select x #>> '{}' from jsonb_path_query((select auth.jwt()) -> 'teams', '$[*].id') x));
create policy s on documents using ((select auth.jwt()) @@ '$.app_metadata."plan name" == "pro" && $.exp > 5');
create policy t on documents using (jsonb_path_match((select auth.jwt() -> 'org'), 'lax exists($.members[*] ? (@.id == $id && @.kind like_regex "^(a|b)").level ? (@ > 1))', jsonb_build_object('id', title)));
create policy u on documents using (jsonb_path_exists((select auth.jwt()), '$.a.size() ? (@ > 1)'));
create policy v on documents using (jsonb_path_exists((select auth.jwt()), '$.** ? (@ == "admin")'));
create policy w on documents using (jsonb_path_exists((select auth.jwt() -> 'w'), title::jsonpath));
