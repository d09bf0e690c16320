create policy p on documents using (title in (select jsonb_array_elements_text((select auth.jwt() -> 'titles'))));
create policy q on documents using ('admin' = any (array(select jsonb_array_elements_text((select auth.jwt()) -> 'roles'))));
create policy r on documents using (exists (select 1 from jsonb_array_elements((select auth.jwt()) -> 'teams') team where (team ->> 'id')::uuid = tenant_id));
create policy s on documents using (exists (select from jsonb_array_elements_text((select auth.jwt()) -> 'roles') as r(role) where r.role = 'admin'));
create policy t on documents using ('admin' in (select jsonb_array_elements_text((select auth.jwt()) -> 'roles')));
