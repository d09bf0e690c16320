create policy p on documents using ((select auth.jwt() -> 'roles') ? 'c');
create policy q on documents using ((select auth.jwt() -> 'roles') @> '["c"]');
create policy r on documents using ('c' = any (array(select jsonb_array_elements_text((select auth.jwt()) -> 'roles'))));
create policy s on documents using (exists (select 1 from jsonb_array_elements_text((select auth.jwt()) -> 'roles') r where r = 'c'));
create policy t on documents using ((select auth.jwt() -> 'roles') @> '["a", "c"]');
create policy u on documents using (array(select jsonb_array_elements_text((select auth.jwt()) -> 'roles')) && array['c', 'd']);
create policy v on documents using ((select auth.jwt() -> 'roles') ?| array['c', 'a'] or (select auth.jwt() -> 'roles') @> '["a"]');
