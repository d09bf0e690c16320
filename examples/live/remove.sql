-- Removes what `--sql` created, except the bucket `scoped-live`: Storage allows that only in the dashboard.
drop policy "scoped_live: members send" on realtime.messages;
drop policy "scoped_live: members receive" on realtime.messages;
drop policy "scoped_live: own folder" on storage.objects;
drop function public.scoped_live_claims();
drop table public.scoped_live_notes;
