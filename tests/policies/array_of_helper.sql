create function my_roles() returns text[] language sql stable as $$ select array(select jsonb_array_elements_text(auth.jwt() -> 'roles')) $$;
create function my_teams() returns text[] language sql stable as $$ select array_agg(t) from jsonb_array_elements_text(auth.jwt() -> 'teams') t $$;
create function my_groups() returns text[] language sql stable as $$ select string_to_array(auth.jwt() ->> 'groups', ',') $$;
create function my_units() returns text[] language plpgsql stable as $$
begin
  return coalesce(array(select jsonb_array_elements_text(auth.jwt() -> 'units')), '{}');
end $$;
create policy p on documents using ('admin' = any (my_roles()));
create policy q on documents using (my_teams() && array['red', 'blue']);
create policy r on documents using ('x' = any (my_groups()));
create policy s on documents using (title = any (my_units()));
