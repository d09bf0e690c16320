create policy members on documents using ((select auth.jwt() -> 'level') ? 'admin');
