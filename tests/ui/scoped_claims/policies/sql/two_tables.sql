create policy members on documents using (org = (select auth.jwt() ->> 'tenant'));
create policy partners on app.reports using (org = (select auth.jwt() ->> 'partner'));
