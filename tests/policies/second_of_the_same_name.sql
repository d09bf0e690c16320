create policy p on documents using (title = (select auth.jwt() ->> 'first'));
do $$ begin
  create policy p on documents using (title = (select auth.jwt() ->> 'second'));
exception when duplicate_object then null;
end $$;
