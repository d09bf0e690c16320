create policy p on documents using (title = current_setting('request.jwt.claims', true)::json ->> 'slug');
create policy q on documents using (tenant_id = (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'tenant_id')::uuid);
create policy r on documents using (title = (select (pg_catalog.current_setting('request.jwt.claims'::text, true))::json #>> '{app_metadata,team}'::text[]));
create policy s on documents using (current_setting('app.tenant', true) = title);
