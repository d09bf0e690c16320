create type app_role as enum ('admin', 'member');
alter type app_role add value if not exists 'guest';
create policy a on documents using ((select (auth.jwt() ->> 'role_a')::app_role) = 'admin');
create policy b on documents using ((select (auth.jwt() ->> 'role_b')::public.app_role) = 'admin');
create policy c on documents using ((select cast(auth.jwt() ->> 'role_c' as app_role)) = 'guest');
create policy d on documents using ((select (auth.jwt() ->> 'number')::app_role) = 'admin');
