create function ctx() returns table (org uuid, plan text) language sql stable as $$
  select (auth.jwt() ->> 'org')::uuid, auth.jwt() ->> 'plan'
$$;
create function more() returns table (a text, b text) language plpgsql stable as $$
begin
  return query select auth.jwt() ->> 'x', auth.jwt() ->> 'y';
end $$;
create type pair as (one text, two text);
create function pairs() returns pair language sql stable as $$ select auth.jwt() ->> 'first', auth.jwt() ->> 'second' $$;
create policy p on documents using ((select plan from ctx()) = 'free');
create policy q on documents using (exists (select 1 from ctx() c where c.plan = 'x'));
create policy r on documents using (title = (select m.b from more() m));
create policy s on documents using (title = (select k from more() as m(i, k)));
create policy t on documents using (title = (pairs()).two);
