create policy members on documents using (level < (select (auth.jwt() ->> 'roles')::int));
