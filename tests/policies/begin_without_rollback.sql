begin;
create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
commit;
do $$ begin
  drop policy if exists p on documents;
  create policy q on documents using (title = (select auth.jwt() ->> 'plan'));
end $$;
