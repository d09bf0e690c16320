-- One column of each kind, some with names that are easy to misread, for random queries.
create table writers (
  id bigint primary key,
  name text not null
);
grant select on writers to authenticated;

create table samples (
  id bigint primary key,
  owner uuid not null,
  name text,
  title text,
  "display name" text,
  "a.b" text,
  stars int,
  "limit" int,
  "order" int,
  flag boolean,
  at timestamptz,
  tags text[],
  numbers int[],
  data jsonb,
  period int4range,
  words tsvector generated always as (to_tsvector('english', coalesce(name, ''))) stored,
  writer bigint references writers
);
create index samples_owner on samples (owner);
create index samples_writer on samples (writer);
alter table samples enable row level security;

create policy "users read their own samples" on samples
  for select to authenticated using ((select auth.uid()) = owner);

grant select on samples to authenticated;
