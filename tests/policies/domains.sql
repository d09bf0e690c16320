create domain tenant as uuid not null;
create domain private.level int check (value > 0);
create domain tier as private.level;
create domain kind text default 'x';
create policy p on documents using (tenant_id = (select (auth.jwt() ->> 'org')::tenant));
create policy q on documents using (level = (select cast(auth.jwt() ->> 'org' as public.tier)));
create policy r on documents using (title = (select (auth.jwt() ->> 'org')::kind));
