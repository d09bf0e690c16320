create policy p on documents using (jsonb_extract_path_text((select auth.jwt()), 'app_metadata', 'org') = title);
create policy q on documents using (jsonb_extract_path((select auth.jwt()), 'roles') ? 'admin');
create policy r on documents using (json_extract_path_text(current_setting('request.jwt.claims', true)::json, 'slug') = title);
