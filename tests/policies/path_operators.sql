create policy p on documents using (title = (select auth.jwt() #>> '{app_metadata,org}'));
create policy q on documents using (title = (select auth.jwt() #>> array['app_metadata', 'team']));
create policy r on documents using ((select auth.jwt() #> '{app_metadata, "roles"}') ? 'admin');
create policy s on documents using (title = (select auth.jwt() #>> '{amr_list,0,method}'::text[]));
