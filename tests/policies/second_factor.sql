create policy a on documents as restrictive to authenticated using ((select auth.jwt() ->> 'aal') = 'aal2');
create policy b on documents as restrictive using ((select auth.jwt() ->> 'aal') in ('aal1', 'aal2'));
create policy c on documents using ((select auth.jwt() ->> 'aal') = 'aal2');
create function mfa() returns boolean language sql stable as $$ select coalesce(auth.jwt() ->> 'aal', '') = 'aal2' $$;
create policy d on documents as restrictive using ((select mfa()));
