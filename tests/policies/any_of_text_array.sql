create policy p on documents using (title = any (string_to_array((select auth.jwt() ->> 'titles'), ',')));
create policy q on documents using (title = any ((select auth.jwt() ->> 'titles')::text[]));
