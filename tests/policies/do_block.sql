do $$
begin
  if not exists (select 1 from pg_policies where policyname = 'p') then
    create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
  end if;
  drop policy if exists old on public.documents;
end
$$;
