create role worker;
grant service_role to worker;
create role guest;
grant guest to someone_elsewhere;
create policy a on documents to service_role using (true);
create policy b on documents to guest using (true);
create policy c on documents to made_elsewhere using (true);
do $$ declare made record; begin
  for made in select id from documents loop execute format('create role %I', made.id); end loop;
end $$;
create role auditor;
create function as_auditor() returns text begin atomic select set_config('role', 'auditor', true); end;
create policy d on documents to auditor using (true);
