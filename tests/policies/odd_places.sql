create function can(org uuid) returns boolean language sql stable as $$ select org is not null $$;
create function is_admin() returns boolean language plpgsql stable as $$
begin
  if auth.jwt() ->> 'kind' = 'boss' then return true; end if;
  perform 1 from documents where title = auth.jwt() ->> 'slug' limit 1;
  return coalesce((auth.jwt() -> 'app_metadata' ->> 'is_admin')::boolean, false);
end $$;
create policy p on documents using (can(((select auth.jwt()) ->> 'org')::uuid) and lower((select auth.jwt() ->> 'slug')) = 'x');
create policy q on documents using (not ((select auth.jwt() -> 'app_metadata' -> 'flags') ? 'off') or (select is_admin()));
create policy r on documents using (exists (
  select 1 from jsonb_array_elements_text(coalesce((select auth.jwt()) -> 'roles', '[]'::jsonb)) r
  where r = any (array['admin', 'owner'])));
create policy s on documents using ((select auth.jwt() ->> 'email') like '%@example.com' and level between 1 and (select (auth.jwt() ->> 'level')::int));
create policy t on documents using (title || '-x' = (select auth.jwt() ->> 'slug') || '-x');
create policy u on documents using ((title, 'a') = ((select auth.jwt() ->> 'slug'), (select auth.jwt() ->> 'plan')));
create policy v on documents using (array[(select auth.jwt() ->> 'plan')] <@ array['pro', 'team']);
create policy w on documents using ((select auth.jwt() ->> 'plan') ~ '^p' and (select auth.jwt() ->> 'plan') in (select title from notes));
create policy x on documents using ((select (auth.jwt() ->> 'expires')::timestamp with time zone) > now() and (select auth.jwt() ->> 'plan' collate "C") > 'a');
