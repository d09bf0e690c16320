create policy "this name is so long that postgres keeps only the first sixty-three bytes of it" on documents using (title = (select auth.jwt() ->> 'old'));
drop policy "this name is so long that postgres keeps only the first sixty-three of them" on documents;
create policy "dieser name hat an der falschen stelle einen umlaut, naemlich dä hier" on documents using (title = (select auth.jwt() ->> 'new'));
