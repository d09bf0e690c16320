alter table comments disable row level security;
