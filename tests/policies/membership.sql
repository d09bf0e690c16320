create policy p on documents using ((select auth.jwt() -> 'app_metadata' -> 'roles') ? 'admin');
create policy q on documents using ((select auth.jwt() -> 'roles') ?| array['admin', 'owner']);
create policy r on documents using ((select auth.jwt() -> 'roles') ?& '{a,b}'::text[]);
create policy s on documents using ((select auth.jwt() -> 'roles') @> '["admin"]'::jsonb);
create policy t on documents using (to_jsonb(title) <@ (select auth.jwt() -> 'titles'));
create policy u on documents using ('"x"'::jsonb <@ (select auth.jwt() -> 'titles'));
