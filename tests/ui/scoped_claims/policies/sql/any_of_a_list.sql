create policy members on documents using (role = any ((select auth.jwt() ->> 'roles')::text[]));
