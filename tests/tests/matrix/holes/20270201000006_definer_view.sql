create view project_names as select id, team_id, name from projects;
