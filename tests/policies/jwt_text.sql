create policy p on documents for select to authenticated
  using (title = (select auth.jwt() ->> 'tenant_slug'));
