create table "Mixed" (id int, "Title" text);
create policy "P" on "Mixed" using ("Title" = (select AUTH.JWT() ->> 'Slug'));
create policy P on "Mixed" using ("Title" = (select "auth"."jwt"() ->> 'plan'));
drop policy p on "Mixed";
DROP POLICY IF EXISTS "p" ON MIXED;
