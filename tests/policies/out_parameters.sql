create function ctx(out org uuid, out plan text) language plpgsql stable as $$
begin
  org := (auth.jwt() ->> 'org_x')::uuid;
  plan := auth.jwt() ->> 'plan_x';
end $$;
create function tbl() returns table (a text) language plpgsql stable as $$
begin
  a := auth.jwt() ->> 'tbl_x';
  return next;
end $$;
create function one(out slug text) language sql stable as $$ select auth.jwt() ->> 'one_x' $$;
create function rec() returns record language plpgsql stable as $$
declare r record;
begin
  select auth.jwt() ->> 'rec_x' as x, 1 as y into r;
  return r;
end $$;
create policy p on documents using (tenant_id = (select org from ctx()));
create policy q on documents using (title in (select a from tbl()));
create policy r on documents using (title = one());
create policy s on documents using (title = (ctx()).plan);
create policy t on documents using (title = (select x from rec() as r(x text, y int)));
create policy u on documents using (exists (select 1 from ctx() c where c.org = tenant_id));
