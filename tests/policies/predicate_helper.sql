create function public.is_member() returns boolean language plpgsql stable as $$
declare v jsonb := (select auth.jwt() ->> 'meta')::jsonb;
begin
  if auth.jwt() -> 'user_metadata' ->> 'team' = 'a' then return true; end if;
  return v ->> 'level' is not null and (auth.jwt() ->> 'org')::uuid is not null;
end $$;
create function public.may_read() returns bool language sql stable as $$ select public.is_member() and auth.jwt() ->> 'plan' = 'pro' $$;
create function public.members() returns int language sql stable as $$ select count(*)::int from notes where may_read() $$;
create policy p on documents using ((select may_read()));
create policy q on documents using (members() > 1);
