-- `delete` without a condition needs no policy for SELECT.
alter policy "authors delete their comments" on comments using (true);
