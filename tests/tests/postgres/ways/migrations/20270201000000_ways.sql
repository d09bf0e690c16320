-- Five tables with the same rows, each with a policy that reads other claims.

create function fill(target regclass) returns void language plpgsql as $$
begin
  execute format($sql$
    insert into %s (id, owner, tenant, team, label, amount, made)
    select n,
           (array['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'])[1 + n %% 2]::uuid,
           (array['acme', 'a"b''ü', 'globex'])[1 + n %% 3],
           (array['red', 'blue'])[1 + n / 3 %% 2],
           case when n %% 7 = 0 then null else 'label ' || n end,
           case when n %% 5 = 0 then null else n * 10 end,
           '2026-01-01'::date + n
    from generate_series(1, 30) as n
  $sql$, target);
end $$;
revoke execute on function fill from public;

do $$
declare
  name text;
begin
  foreach name in array array['owned', 'of_tenants', 'of_teams', 'of_levels', 'of_lists'] loop
    execute format('create table %I (id int4 primary key, owner uuid not null, tenant text not null, team text not null,
                    label text, amount int4, made date not null)', name);
    execute format('alter table %I enable row level security', name);
    perform fill(name::regclass);
  end loop;
end $$;
drop function fill;

create policy own on owned to authenticated using (owner = auth.uid());
create policy some_are_public on owned for select to anon using (id <= 4);

create policy tenant on of_tenants to authenticated using (tenant = auth.jwt() ->> 'tenant_id');
create policy up_to on of_tenants to authenticated using (amount <= (auth.jwt() ->> 'max_amount')::int4);

create policy team on of_teams to authenticated using (team = auth.jwt() -> 'app_metadata' ->> 'team');
create policy actor on of_teams to authenticated using (owner::text = auth.jwt() -> 'act' ->> 'sub');

create policy second_factor on of_levels to authenticated
  using (auth.jwt() ->> 'aal' = 'aal2' or (id < 6 and auth.role() = 'authenticated' and auth.email() is null));
create policy short_lived on of_levels as restrictive to authenticated
  using ((auth.jwt() ->> 'exp')::int8 > extract(epoch from now()) and auth.jwt() ->> 'is_anonymous' = 'false');

create policy listed on of_lists to authenticated using (auth.jwt() -> 'projects' ? id::text);
