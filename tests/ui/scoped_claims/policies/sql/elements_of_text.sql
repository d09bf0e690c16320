create policy members on documents using ((
    select count(*) from jsonb_array_elements_text((select auth.jwt() -> 'roles'))
) > 1);
