alter policy "owners remove members" on members using (team_id = claimed_team() or is_owner());
