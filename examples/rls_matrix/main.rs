//! Who may do what in the five tables of `migrations`, asked of a throw-away PostgreSQL; then whether the matrix
//! would notice a mistake in the policies. It ends by itself, with an error when anything is off.
//!
//! `cargo run --example rls_matrix`
//!
//! With the folder of other migrations it shows what two users without claims, and `anon`, may do there:
//! `cargo run --example rls_matrix -- ../my-app/supabase/migrations`

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use scoped_runtime::testing::Operation::{Delete, Insert, Reassign, Select, Update};
use scoped_runtime::testing::{MutantReport, Postgres, RlsMatrix};
use scoped_runtime::{NoClaims, scoped_claims};

#[scoped_claims]
struct Member {
    #[claim(uuid)]
    team_id: String,
    #[claim(one_of("owner", "member", "viewer"))]
    team_role: String,
}

fn member(team: &str, role: &str) -> Member {
    Member {
        team_id: team.to_owned(),
        team_role: role.to_owned(),
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What a test of a project looks like.
async fn teams() -> Outcome {
    let user = |number: u8| format!("00000000-0000-4000-8000-00000000000{number}");
    let (acme, globex) = (
        "00000000-0000-4000-8000-0000000000aa",
        "00000000-0000-4000-8000-0000000000bb",
    );

    let postgres = Postgres::with("rls_matrix/migrations").await?;
    let matrix = RlsMatrix::of(&postgres)
        .person("owner", user(1), member(acme, "owner"))
        .person("member", user(2), member(acme, "member"))
        .person("viewer", user(3), member(acme, "viewer"))
        .person("stranger", user(4), member(globex, "owner"))
        .anonymous("anon")
        .await?;
    println!("{matrix}");

    let own_team = format!("team_id = '{acme}'");
    matrix
        .person("viewer")
        .can(Select, "projects")
        .only(&own_team)
        .await;
    matrix
        .person("owner")
        .can(Insert, "members")
        .only(&own_team)
        .await;
    matrix.person("member").cannot(Delete, "projects");
    matrix.person("member").cannot(Reassign, "projects");
    matrix.person("viewer").cannot(Update, "tasks");
    matrix.person("anon").cannot(Select, "teams");
    matrix.assert_file("rls_matrix/matrix.md");

    let mutants = explained(matrix.mutants().await?);
    println!("{mutants}");
    mutants.assert_killed();
    Ok(())
}

/// Two mistakes that no request could notice.
fn explained(mutants: MutantReport) -> MutantReport {
    let nested = "an anonymous request sees no row of the table that the condition reads";
    mutants
        .explain(
            "policy `members see tasks` on `tasks`",
            "its roles became `public`",
            nested,
        )
        .explain(
            "policy `members see comments` on `comments`",
            "its roles became `public`",
            nested,
        )
}

async fn first_look(folder: &str) -> Outcome {
    let folder = std::path::absolute(folder)?;
    let postgres = Postgres::with(folder).await?;
    let matrix = RlsMatrix::of(&postgres)
        .person("alice", "00000000-0000-4000-8000-000000000001", NoClaims {})
        .person("bob", "00000000-0000-4000-8000-000000000002", NoClaims {})
        .anonymous("anon")
        .await?;
    println!("{matrix}");
    println!("{}", matrix.mutants().await?);
    Ok(())
}

#[tokio::main]
async fn main() -> Outcome {
    match std::env::args().nth(1) {
        Some(folder) => first_look(&folder).await,
        None => teams().await,
    }
}
