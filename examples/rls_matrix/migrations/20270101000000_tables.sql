-- Teams share nothing: a team has members, projects, their tasks, and comments on them.
create table teams (
  id uuid primary key default gen_random_uuid(),
  name text not null
);
create table members (
  team_id uuid not null references teams on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  team_role text not null check (team_role in ('owner', 'member', 'viewer')),
  primary key (team_id, user_id)
);
create table projects (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references teams on delete cascade,
  name text not null
);
create table tasks (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references projects on delete cascade,
  title text not null,
  is_done boolean not null default false
);
create table comments (
  id uuid primary key default gen_random_uuid(),
  task_id uuid not null references tasks on delete cascade,
  author_id uuid not null default auth.uid() references auth.users on delete cascade,
  body text not null
);

alter table teams enable row level security;
alter table members enable row level security;
alter table projects enable row level security;
alter table tasks enable row level security;
alter table comments enable row level security;
