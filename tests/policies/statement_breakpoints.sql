alter table documents enable row level security;--> statement-breakpoint
create policy "p" on "documents" as permissive for select to "authenticated" using ((select auth.jwt() ->> 'slug') = "documents"."title");--> statement-breakpoint
drop policy if exists "q" on "documents" cascade;
