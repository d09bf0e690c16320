-- A key of several columns, and a default for what a row leaves out. The local server does not know
-- quoted names of columns, so none here needs quotes.
create table quotas (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid(),
  tenant text not null,
  most int,
  note text default 'none'
);
create unique index quotas_tenant on quotas (owner, tenant, most);
alter table quotas enable row level security;

create policy "users work on their own quotas" on quotas
  for all to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);

grant select, insert, update, delete on quotas to authenticated;

-- Users may write here, and not read what they wrote.
create table inbox (
  id bigint generated always as identity primary key,
  sender uuid not null default auth.uid(),
  body text not null
);
alter table inbox enable row level security;

create policy "users send as themselves" on inbox
  for insert to authenticated with check ((select auth.uid()) = sender);

grant select, insert on inbox to authenticated;

-- Functions of every kind of result.
create function nothing() returns void
  language sql volatile security invoker set search_path = ''
  as $$ select 1 $$;

create function halves(numbers int[]) returns table (number int, half float8)
  language sql immutable security invoker set search_path = ''
  as $$ select n, n / 2.0 from unnest(numbers) n $$;

grant execute on function nothing(), halves(int[]) to anon, authenticated, service_role;
