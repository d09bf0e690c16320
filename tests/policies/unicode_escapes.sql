create policy p on documents using (title = (select auth.jwt() ->> U&'sl\0075g'));
create policy q on documents using (title = (select auth.jwt() ->> U&'pl!0061n!!' uescape '!') and (select auth.jwt() ->> 'org') is not null);
create policy U&"r!+000072" UESCAPE '!' on documents using (title = (select auth.jwt() ->> U&'back\\slash'));
