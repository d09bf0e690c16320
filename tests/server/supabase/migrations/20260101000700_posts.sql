-- What is published is for everyone, also without a user; the rest is its author's.
create table posts (
  id bigint generated always as identity primary key,
  author uuid not null default auth.uid(),
  title text not null,
  is_published boolean not null default false
);
alter table posts enable row level security;

create policy "published posts are for everyone" on posts
  for select to anon, authenticated using (is_published);
create policy "authors read their own posts" on posts
  for select to authenticated using ((select auth.uid()) = author);
create policy "authors write their own posts" on posts
  for insert to authenticated with check ((select auth.uid()) = author);
create policy "authors delete their own posts" on posts
  for delete to authenticated using ((select auth.uid()) = author);

grant select on posts to anon;
grant select, insert, delete on posts to authenticated;
