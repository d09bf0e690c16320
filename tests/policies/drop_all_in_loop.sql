create policy p on documents using (title = (select auth.jwt() ->> 'tenant'));
create policy q on notes using (title = (select auth.jwt() ->> 'other'));
do $$
declare pol record;
begin
  for pol in select policyname from pg_policies where tablename = 'documents' loop
    execute format('drop policy if exists %I on public.documents', pol.policyname);
  end loop;
end $$;
