-- A role of the project's own, as PostgREST takes it from the token.
create role shop_staff nologin;
grant shop_staff to authenticator;
grant usage on schema public to shop_staff;
grant select on orders to shop_staff;
create policy "staff sees orders" on orders for select to shop_staff using (true);
