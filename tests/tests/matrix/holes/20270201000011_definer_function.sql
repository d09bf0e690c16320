create function find_member(email text) returns uuid language sql security definer set search_path = '' as $$
  select id from auth.users where users.email = find_member.email
$$;
