create policy v on documents using (title = (select auth.jwt() ->> E'\303\251t'));
create policy w on documents using (title = (select auth.jwt() ->> E'\xc3\xa9\x74'));
create policy x on documents using (title = (select auth.jwt() ->> E'a\142c'));
