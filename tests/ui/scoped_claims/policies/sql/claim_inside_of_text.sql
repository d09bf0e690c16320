create policy members on documents using (plan = (select auth.jwt() -> 'plan' ->> 'name'));
