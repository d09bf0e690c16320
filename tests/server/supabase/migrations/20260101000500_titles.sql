-- A title that its owner has once, for conflicts.
alter table notes add column title text;
create unique index notes_title on notes (owner, title);
