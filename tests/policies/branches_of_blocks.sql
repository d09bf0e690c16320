create policy a on documents using (title = (select auth.jwt() ->> 'a'));
create policy b on documents using (title = (select auth.jwt() ->> 'b'));
create policy c on documents using (title = (select auth.jwt() ->> 'c'));
create policy d on documents using (title = (select auth.jwt() ->> 'd'));
create policy e on documents using (title = (select auth.jwt() ->> 'e'));
create policy f on documents using (title = (select auth.jwt() ->> 'f'));
do $$ begin
  if exists (select 1 from pg_policies where tablename = 'documents' and policyname = 'a') then drop policy a on documents; end if;
  if exists (select 1 from notes) then drop policy b on documents; end if;
  if current_setting('app.x', true) = 'y' then null; else alter policy c on documents using (title = (select auth.jwt() ->> 'c2')); end if;
  if exists (select 1 from notes) then alter policy d on documents rename to d2; end if;
  if not exists (select 1 from pg_policies where policyname = 'e') then
    create policy e on documents using (title = (select auth.jwt() ->> 'no'));
  else
    alter policy e on documents using (title = (select auth.jwt() ->> 'e2'));
  end if;
  if (select count(*) from notes) > 0 then return; end if;
  drop policy f on documents;
end $$;
