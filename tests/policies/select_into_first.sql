create function public.t() returns trigger language plpgsql as $$
declare claims jsonb; org text;
begin
  select into claims auth.jwt();
  select into strict org claims -> 'app_metadata' ->> 'org';
  new.title = claims ->> 'slug';
  return new;
end $$;
