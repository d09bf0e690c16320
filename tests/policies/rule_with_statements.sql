create view v as select * from documents;
create rule r as on insert to v do instead (
  insert into documents (title) values (auth.jwt() ->> 'slug');
  delete from documents where title = auth.jwt() ->> 'plan';
);
create policy p on documents using (title = (select auth.jwt() ->> 'org'));
