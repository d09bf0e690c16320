create role auditor;
create policy p on documents using ((select auth.jwt() ->> 'role') = 'admin');
create policy q on documents using ((select auth.jwt() ->> 'role') = 'service_role');
create policy r on documents using (auth.role() = 'auditor');
create policy s on documents using ((select auth.jwt() ->> 'role') in ('authenticated', 'student'));
create policy t on documents using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');
create policy u on documents using ((select auth.jwt() -> 'role') = '"authenticated"');
