create table documents (org text default (auth.jwt() ->> 'tenant'));
