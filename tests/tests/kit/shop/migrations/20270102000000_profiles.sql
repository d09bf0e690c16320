-- As every guide does it: a profile for each user, made by a trigger on a table of Auth.
create table profiles (
  id uuid primary key references auth.users on delete cascade,
  email text
);
alter table profiles enable row level security;
create policy "users read their own profile" on profiles for select to authenticated
  using ((select auth.uid()) = id);

create function handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.profiles (id, email) values (new.id, new.email);
  return new;
end
$$;
create trigger on_auth_user_created after insert on auth.users
  for each row execute function handle_new_user();
