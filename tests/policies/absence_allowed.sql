create policy a on documents using (coalesce((select (auth.jwt() -> 'app_metadata' ->> 'flag')::boolean), false));
create policy b on documents using ((select auth.jwt()) ? 'b');
create policy c on documents using (not ((select auth.jwt()) ? 'c') or (select auth.jwt() ->> 'c') = 'x');
create policy d on documents using ((select auth.jwt() ->> 'd') is null or (select auth.jwt() ->> 'd') = title);
create policy e on documents using ((select auth.jwt() ->> 'e') is distinct from 'x');
create policy f on documents using ((select (auth.jwt() ->> 'f')::boolean) is not true);
create policy g on documents using ((select auth.jwt() ->> 'g') is not null);
create policy h on documents using (coalesce((select auth.jwt() -> 'h'), '[]'::jsonb) ? 'x');
