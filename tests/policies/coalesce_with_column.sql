create policy p on documents using (coalesce((select auth.jwt() ->> 't'), title) = 'c');
create policy q on documents using (coalesce(title, (select auth.jwt() ->> 't')) = 'c');
create policy r on documents using (coalesce(nullif((select auth.jwt() ->> 't'), ''), 'free') in ('free', 'trial'));
create policy s on documents using (case when level > 1 then (select auth.jwt() ->> 't') else title end = 'c');
create policy t on documents using (coalesce((select auth.jwt() ->> 't'), 'free') = 'c');
