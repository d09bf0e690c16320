copy documents (title) from stdin;
it's; create policy no on documents using (auth.jwt() ->> 'no' = title);
$$ "
\.
create policy p on documents using (title = (select auth.jwt() ->> 'slug'));
