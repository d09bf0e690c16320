create policy p on documents using ((select auth.jwt()) @> '{"app_metadata": {"plan": "pro", "level": 3}}');
create policy q on documents using ((select auth.jwt() -> 'app_metadata') @> '{"roles": ["admin"]}'::jsonb);
