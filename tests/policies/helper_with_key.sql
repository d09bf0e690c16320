create or replace function public.get_my_claim(claim text) returns jsonb language sql stable as $$
  select coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata' -> claim, null)
$$;
create policy p on documents using (get_my_claim('plan') = '"pro"');
create policy q on documents using ((public.get_my_claim('paid'))::boolean);
create policy r on documents using (get_my_claim(claim => 'org') ? 'x');
create policy s on documents using (get_my_claim(title) is not null);
