create policy members on documents using (allowed((select auth.jwt())));
