do $$ declare t text; begin
  foreach t in array array['documents','notes'] loop
    execute format('create policy %I_tenant on public.%I using (title = (select auth.jwt() ->> ''tenant''))', t, t);
    execute 'create policy ' || quote_ident(t) || '_other on public.' || quote_ident(t) || ' using (title = (select auth.jwt() ->> ''other''))';
  end loop;
  execute format('create policy %I on notes using (true)', 'With Space');
end $$;
