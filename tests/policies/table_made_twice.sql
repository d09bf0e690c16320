create table if not exists tasks (id int, title text default (auth.jwt() ->> 'first'));
create table if not exists tasks (id int, title text default (auth.jwt() ->> 'second'));
