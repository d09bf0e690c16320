\set ON_ERROR_STOP on
\echo it's only a message
create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
\if :{?x}
\endif
create policy q on documents using (title = (select auth.jwt() ->> 'plan'));
