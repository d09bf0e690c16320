-- One column for each kind of filter.
create table items (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  name text not null,
  tags text[] not null default '{}',
  price int,
  data jsonb,
  period int4range
);
create index items_owner on items (owner);
alter table items enable row level security;

create policy "users work on their own items" on items
  for all to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);

grant select, insert, update, delete on items to authenticated;
