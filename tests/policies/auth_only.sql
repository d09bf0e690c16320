create policy p on documents as restrictive using ((select auth.jwt() ->> 'aal') = 'aal2');
create policy q on documents using (exists (select 1 from auth.sessions where id = (select (auth.jwt() ->> 'session_id')::uuid)));
create policy r on documents using (exists (select 1 from jsonb_array_elements((select auth.jwt()) -> 'amr') m where m ->> 'method' = 'totp'));
create policy s on documents as restrictive using ((select (auth.jwt() ->> 'is_anonymous')::boolean) is false);
