create policy members on documents using (org = (select auth.jwt() ->> 'tenant_id'));
create function slug() returns text language sql stable as $$ select auth.jwt() ->> 'slug' $$;
