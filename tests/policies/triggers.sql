create function public.stamp() returns trigger language plpgsql as $$
begin
  new.tenant_id := (auth.jwt() ->> 'tenant_id')::uuid;
  return new;
end $$;
create trigger stamp before insert on documents for each row
  when ((auth.jwt() ->> 'plan') = 'pro') execute function public.stamp();
create trigger gone before insert on documents for each row
  when ((auth.jwt() ->> 'gone') = 'pro') execute function public.stamp();
drop trigger gone on documents;
