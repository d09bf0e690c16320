create role worker;
grant service_role to worker;
create role guest;
grant guest to someone_elsewhere;
create policy a on documents to service_role using (true);
create policy b on documents to guest using (true);
create policy c on documents to made_elsewhere using (true);
