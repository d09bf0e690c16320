create policy members on documents using (plan = (select auth.jwt() -> 'organization' ->> 'plann')
    and id = (select (auth.jwt() -> 'organization' ->> 'paid')::uuid));
