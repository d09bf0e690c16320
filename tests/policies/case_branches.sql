create policy p on documents using (case when (select auth.jwt() ->> 'plan') = 'pro' then true
  else title = (select auth.jwt() ->> 'slug') end);
