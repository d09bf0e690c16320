create policy p on documents using (tenant_id = (auth.jwt() ->> 'tenant_id')::uuid);
create policy q on documents using (tenant_id in (select tenant_id from documents where title = auth.jwt() ->> 'slug'));
create policy r on documents using (owner = auth.uid());
