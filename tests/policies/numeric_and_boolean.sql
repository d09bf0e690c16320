create policy p on documents using ((select (auth.jwt() ->> 'level')::int) >= level);
create policy q on documents using ((select (auth.jwt() ->> 'paid')::boolean));
create policy r on documents using (to_timestamp((select (auth.jwt() ->> 'exp')::numeric)) > created_at);
create policy s on documents using ((select cast(auth.jwt() ->> 'level' as bigint)) > 3);
create policy t on documents using ((select (auth.jwt() -> 'paid')::bool));
