create policy p on documents using (title = (select auth.jwt() ->> 'old'));
do $$ begin if exists (select 1 from notes where title = 'x') then drop policy p on documents; end if; end $$;
do $$ begin
  create policy p on documents using (title = (select auth.jwt() ->> 'new'));
exception when duplicate_object then null;
end $$;
