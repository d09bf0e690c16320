create policy one on documents using (org = (select auth.jwt() ->> 'tenant'));
create policy two on documents using (org = (select auth.jwt() -> 'user_metadata' ->> 'org'));
create policy three on documents using (owner = (select (auth.jwt() ->> 'paid')::uuid));
create policy four on documents using (level < (select (auth.jwt() ->> 'roles')::int));
create policy five on documents using ((select (auth.jwt() ->> 'plan')::boolean));
create policy six on documents using ((select auth.jwt() -> 'level') ? 'admin');
create policy seven on documents using ((select auth.jwt() -> 'plan') @> '["pro"]');
create policy eight on documents using ((select auth.jwt() ->> 'plan') = 'gold');
create policy nine on documents using (role = any ((select auth.jwt() ->> 'roles')::text[]));
create policy ten on documents using ((
    select count(*) from jsonb_array_elements_text((select auth.jwt() -> 'tenant_id'))
) > 1);
