create type order_state as enum ('open', 'paid');
create table orders (
  id uuid primary key default gen_random_uuid(),
  buyer uuid not null default auth.uid() references profiles,
  product bigint not null references products,
  state order_state not null default 'open'
);
alter table orders enable row level security;
create policy "buyers see their orders" on orders for select to authenticated
  using ((select auth.uid()) = buyer);
create policy "buyers order" on orders for insert to authenticated
  with check ((select auth.uid()) = buyer and (select auth.jwt() -> 'app_metadata' ->> 'shop') = 'open');
alter publication supabase_realtime add table orders;
