do $$
declare is_new boolean := current_setting('app.new', true) = 'yes';
begin
  if not exists (select 1 from pg_policies where policyname = 'guarded') then
    create policy guarded on documents using (title = (select auth.jwt() -> 'user_metadata' ->> 'guarded'));
  end if;
  begin
    create policy tried on documents using (title = (select auth.jwt() -> 'user_metadata' ->> 'tried'));
  exception when duplicate_object then
    create policy again on documents using (title = (select auth.jwt() -> 'user_metadata' ->> 'again'));
  end;
  if is_new then
    create policy fresh on documents using (title = (select auth.jwt() -> 'user_metadata' ->> 'fresh'));
    drop policy guarded on documents;
  elsif exists (select 1 from notes) then
    create policy filled on documents using (title = (select auth.jwt() -> 'user_metadata' ->> 'filled'));
  end if;
  create policy sure on documents using (title = (select case when true then auth.jwt() -> 'user_metadata' ->> 'sure' else '' end));
end
$$;
