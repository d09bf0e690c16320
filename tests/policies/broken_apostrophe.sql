create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
comment on table documents is 'the tenant's documents';
create policy q on documents using (title = (select auth.jwt() ->> 'plan'));
