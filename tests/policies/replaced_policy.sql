create policy "Read own" on public.documents using (title = (select auth.jwt() ->> 'old'));
DROP POLICY IF EXISTS "Read own" ON public.documents;
CREATE POLICY "Read own" ON public.documents USING (title = (select auth.jwt() ->> 'new'));
