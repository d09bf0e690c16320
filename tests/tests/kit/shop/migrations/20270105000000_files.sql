create extension if not exists "uuid-ossp" with schema extensions;
insert into storage.buckets (id, name, public) values ('receipts', 'receipts', false);
create policy "users read their own receipts" on storage.objects for select to authenticated
  using (bucket_id = 'receipts' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "users listen to their own room" on realtime.messages for select to authenticated
  using (realtime.topic() = 'user:' || (select auth.uid()));
-- Found through the search path of `postgres`, as in a project.
create table coupons (code text primary key default encode(gen_random_bytes(4), 'hex'), id uuid default uuid_generate_v4());
alter table coupons enable row level security;
