create table products (
  id bigint generated always as identity primary key,
  name text not null unique,
  price numeric(10, 2) not null
);
alter table products enable row level security;
create policy "everyone reads products" on products for select to anon, authenticated using (true);
