do $$ begin
    execute format('create policy %I on documents using (org = (select auth.jwt() ->> ''tenant''))', 'members');
end $$;
