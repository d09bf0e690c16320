create function mk(t text) returns void language plpgsql as $$ begin execute format('create policy made on %I using (title = (auth.jwt() ->> ''made''))', t); end $$;
create function unmake(t text, p text) returns void language plpgsql as $$ begin execute format('drop policy if exists %I on %I', p, t); end $$;
create function twice() returns void language sql as $$ select mk('notes') $$;
create policy gone on documents using (title = (select auth.jwt() ->> 'gone'));
select mk('documents');
select unmake('documents', 'gone');
do $$ begin perform mk('notes'); end $$;
