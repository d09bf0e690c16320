create domain tenant as uuid;
create policy p on documents using (tenant_id = (select (auth.jwt() ->> 'seats')::tenant));
create policy q on documents using (tenant_id = (select (auth.jwt() ->> 'org')::tenant));
