create or replace function public.tenant() returns uuid
language plpgsql security definer set search_path = '' as $fn$
declare
  claims jsonb := auth.jwt();
begin
  if claims is null then
    return null;
  end if;
  return claims ->> 'tenant_id';
end;
$fn$;
create policy p on documents using (tenant_id = (select tenant()));
