create policy p on documents using (title = current_setting('request.jwt.claim.slug', true));
create policy q on documents using (owner = nullif(current_setting('request.jwt.claim.sub', true), '')::uuid);
create policy r on documents using (current_setting('request.jwt.claim', true)::jsonb ->> 'slug' = title);
