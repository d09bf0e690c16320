create policy p on documents using (coalesce((select auth.jwt() ->> 'plan'), 'free') = 'free');
create policy q on documents using (coalesce((select auth.jwt() ->> 'plan'), (select auth.jwt() -> 'app_metadata' ->> 'plan')) = 'pro');
create policy r on documents using (tenant_id = nullif((select auth.jwt() ->> 'tenant_id'), '')::uuid);
create policy s on documents using ((coalesce((select auth.jwt()) -> 'app_metadata', '{}'::jsonb) ->> 'plan') = 'pro');
