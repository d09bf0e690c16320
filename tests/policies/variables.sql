create function public.check_it(doc uuid) returns boolean language plpgsql stable as $$
declare
  v_claims constant jsonb default auth.jwt();
  v_tenant uuid;
  v_plan text;
  v_roles jsonb;
  rec record;
begin
  v_tenant := (v_claims ->> 'tenant_id')::uuid;
  select auth.jwt() ->> 'plan', auth.jwt() -> 'roles' into v_plan, v_roles;
  select auth.jwt() as claims into rec;
  if v_plan = 'pro' or v_roles ? 'admin' then
    return rec.claims ->> 'slug' = 'x';
  end if;
  return exists (select 1 from documents where tenant_id = v_tenant);
end $$;
