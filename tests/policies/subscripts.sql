create policy p on documents using ((select auth.jwt())['app_metadata']['plan'] = '"pro"');
create policy q on documents using ((select auth.jwt() -> 'teams' -> 0 ->> 'id') = title);
create policy r on documents using ((select auth.jwt() -> 'teams' ->> -1) = title);
