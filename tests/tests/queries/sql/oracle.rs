use scoped_tests::LocalSupabase;
use serde_json::json;

use super::rows::insert;
use super::{Outcome, literal, outcome};

/// PostgreSQL, which is asked directly as a user.
pub(super) struct Oracle<'s>(&'s LocalSupabase);

impl<'s> Oracle<'s> {
    pub(super) async fn new(server: &'s LocalSupabase) -> Self {
        let function = "create schema oracle;
            grant usage on schema oracle to authenticated;
            create function oracle.ids(query text) returns jsonb language plpgsql as $$
              declare ids jsonb;
              begin
                execute 'select coalesce(jsonb_agg(found.id), ''[]'') from (' || query || ') found' into ids;
                return ids;
              exception when others then
                return jsonb_build_object('error', sqlstate);
              end
            $$;";
        server.sql(function).await.unwrap();
        Self(server)
    }

    /// Gives each user this number of rows.
    pub(super) async fn fill(&self, users: &[(&str, usize)]) {
        self.0.sql(&insert(users)).await.unwrap();
    }

    /// Returns what each of these queries finds for a user, in one transaction with the user's role and
    /// claims. `auth.uid()` of the local server reads a setting for the single claim, as old versions of
    /// Supabase did.
    pub(super) async fn rows(&self, user: &str, queries: &[String]) -> Vec<Outcome> {
        let claims = json!({ "sub": user, "role": "authenticated", "aud": "authenticated" });
        let asked: Vec<String> = queries
            .iter()
            .enumerate()
            .map(|(number, query)| {
                format!(
                    "select {number} as number, oracle.ids({}) as ids",
                    literal(query)
                )
            })
            .collect();
        let statement = format!(
            "begin; set local role authenticated;
             select set_config('request.jwt.claims', {}, true), set_config('request.jwt.claim.sub', {}, true);
             select ids from ({}) asked order by number",
            literal(&claims.to_string()),
            literal(user),
            asked.join("\nunion all ")
        );
        let answer = self.0.sql(&statement).await.unwrap();
        answer
            .as_array()
            .unwrap()
            .iter()
            .map(|row| outcome(&row["ids"]))
            .collect()
    }
}
