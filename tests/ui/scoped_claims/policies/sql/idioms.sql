create function public.claim(key text) returns text language sql stable as $$
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> key
$$;
create policy a on documents using (tenant_id = (select (auth.jwt() ->> 'tenant_id')::uuid));
create policy b on documents using ((select (auth.jwt() -> 'app_metadata' ->> 'seats')::int) > 1);
create policy c on documents using ((select auth.jwt() -> 'roles') ? 'editor' or (select auth.jwt() -> 'roles') @> '["admin"]');
create policy d on documents using ((select public.claim('plan')) in ('free', 'pro'));
create policy e on documents using (team = (select auth.jwt() -> 'organization' ->> 'team'));
create policy f on documents using ((select (auth.jwt() -> 'organization' ->> 'paid')::boolean));
create policy g on documents using ((select auth.jwt() -> 'organization' -> 'more' ->> 'anything') = 'x');
create policy h on documents using (owner = (select auth.uid()) and (select auth.jwt() ->> 'aal') = 'aal1');
create policy i on documents using ((select auth.jwt() -> 'level' ->> 'any') = 'x');
create policy j on documents using ((select auth.jwt() -> 'parent' -> 'parent' ->> 'tenant_id') = 'x');
