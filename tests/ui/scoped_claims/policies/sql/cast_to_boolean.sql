create policy members on documents using ((select (auth.jwt() ->> 'plan')::boolean));
