create policy p on documents using (jsonb_path_exists((select auth.jwt()), '$.roles.name ? (@ == "admin")'));
create policy q on documents using (jsonb_path_exists((select auth.jwt()), '$.plan[*] ? (@ == "admin")'));
create policy r on documents using (jsonb_path_exists((select auth.jwt()), '$.rolls[*] ? (@ == "admin")'));
