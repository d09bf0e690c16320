insert into products (name, price) values ('anvil', 99.5), ('rocket', 1200);
insert into auth.users (id, email, raw_user_meta_data)
values ('00000000-0000-4000-8000-00000000000a', 'alice@example.com', '{}');
