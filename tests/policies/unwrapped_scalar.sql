create policy p on documents using (tenant_id = (select auth.jwt() -> 'u' #>> '{}')::uuid);
create policy q on documents using (title = (select (auth.jwt() -> 'names' -> 0) #>> '{}'));
