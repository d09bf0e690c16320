create policy members on documents using (owner = (select (auth.jwt() ->> 'paid')::uuid));
