//! The five tables of `examples/rls_matrix`: teams, members, projects, tasks and comments.

use scoped_runtime::scoped_claims;
use scoped_runtime::testing::Operation::{Delete, Insert, Reassign, Select, Update};
use scoped_runtime::testing::{Outcome, Postgres, RlsMatrix, Verdict};

#[scoped_claims]
pub(crate) struct Member {
    #[claim(uuid)]
    pub(crate) team_id: String,
    #[claim(one_of("owner", "member", "viewer"))]
    pub(crate) team_role: String,
}

pub(crate) const ACME: &str = "00000000-0000-4000-8000-0000000000aa";
pub(crate) const GLOBEX: &str = "00000000-0000-4000-8000-0000000000bb";

pub(crate) async fn teams() -> Postgres {
    Postgres::with("../examples/rls_matrix/migrations")
        .await
        .unwrap()
}

pub(crate) fn user(number: u8) -> String {
    format!("00000000-0000-4000-8000-00000000000{number}")
}

pub(crate) fn people(postgres: &Postgres) -> RlsMatrix<'_> {
    let member = |team_id: &str, team_role: &str| Member {
        team_id: team_id.to_owned(),
        team_role: team_role.to_owned(),
    };
    RlsMatrix::of(postgres)
        .person("owner", user(1), member(ACME, "owner"))
        .person("member", user(2), member(ACME, "member"))
        .person("viewer", user(3), member(ACME, "viewer"))
        .person("stranger", user(4), member(GLOBEX, "owner"))
        .anonymous("anon")
}

#[tokio::test]
async fn the_matrix_of_five_tables_is_that_of_the_file() {
    let postgres = teams().await;
    let matrix = people(&postgres).await.unwrap();
    assert_eq!(matrix.untried().count(), 0, "{matrix}");
    matrix.assert_file("tests/matrix/teams.md");

    let own_team = format!("team_id = '{ACME}'");
    matrix
        .person("viewer")
        .can(Select, "projects")
        .only(&own_team)
        .await;
    matrix
        .person("owner")
        .can(Delete, "projects")
        .only(&own_team)
        .await;
    matrix.person("owner").can(Insert, "members").rows(3);
    matrix.person("member").cannot(Delete, "projects");
    matrix.person("member").cannot(Reassign, "projects");
    matrix.person("viewer").cannot(Update, "tasks");
    for table in ["teams", "members", "projects", "tasks", "comments"] {
        matrix.person("anon").cannot(Select, table);
    }
}

#[tokio::test]
async fn every_mutant_of_the_five_tables_is_killed_or_explained() {
    let postgres = teams().await;
    let matrix = people(&postgres).await.unwrap();
    let policies = "select * from pg_policies order by tablename, policyname";
    let before = postgres.sql(policies).await.unwrap();
    let mutants = matrix.mutants().await.unwrap();
    let nested = "an anonymous request sees no row of the table that the condition reads";
    let report = mutants
        .explain(
            "policy `members see tasks` on `tasks`",
            "its roles became `public`",
            nested,
        )
        .explain(
            "policy `members see comments` on `comments`",
            "its roles became `public`",
            nested,
        );
    report.assert_killed();
    let killed = report
        .iter()
        .filter(|mutant| matches!(mutant.verdict(), Verdict::Killed(_)))
        .count();
    assert!(killed >= 50, "{report}");
    let after = postgres.sql(policies).await.unwrap();
    assert_eq!(before, after, "the policies are as before");
}

#[tokio::test]
async fn the_cells_that_a_mutant_reaches_say_what_all_cells_say() {
    let postgres = teams().await;
    let matrix = people(&postgres).await.unwrap();
    let reached = matrix.mutants().await.unwrap();
    let all = matrix.mutants_of_all_cells().await.unwrap();
    for (reached, all) in reached.iter().zip(&all) {
        let verdicts = (reached.verdict(), all.verdict());
        assert_eq!(verdicts.0, verdicts.1, "{}: {}", all.object(), all.change());
    }
    assert_eq!(reached.iter().count(), all.iter().count());
}

#[tokio::test]
async fn a_policy_on_the_wrong_column_is_found() {
    let postgres = teams().await;
    let hole = "alter policy \"members see projects\" on projects using \
        (exists (select 1 from members where members.team_id = team_id and members.user_id = (select auth.uid())))";
    postgres.sql(hole).await.unwrap();
    let matrix = people(&postgres).await.unwrap();
    let cell = matrix.cell("viewer", Select, "projects").unwrap();
    assert_eq!(*cell.outcome(), Outcome::All(3), "{matrix}");
}

#[tokio::test]
async fn a_missing_with_check_is_found() {
    let postgres = teams().await;
    let hole = "alter policy \"writers change projects\" on projects with check (true)";
    postgres.sql(hole).await.unwrap();
    let matrix = people(&postgres).await.unwrap();
    let cell = matrix.cell("member", Reassign, "projects").unwrap();
    assert!(
        matches!(cell.outcome(), Outcome::All(_) | Outcome::Some(..)),
        "{matrix}"
    );
}

#[tokio::test]
async fn a_survivor_is_listed_with_its_file_and_line() {
    let postgres = teams().await;
    // Without the stranger and `anon` nothing tests the team of a viewer.
    let viewer = Member {
        team_id: ACME.to_owned(),
        team_role: "viewer".to_owned(),
    };
    let matrix = RlsMatrix::of(&postgres)
        .person("viewer", user(3), viewer)
        .await
        .unwrap();
    let mutants = matrix.mutants().await.unwrap();
    let listed = mutants.to_string();
    let survivor = "survived: policy `writers change projects` on `projects`: with check became `true` \
        (../examples/rls_matrix/migrations/20270102000000_policies.sql:28)";
    assert!(listed.contains(survivor), "{listed}");
    let page = matrix.html_with(&mutants);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    let folded = place("<details>");
    let shown = place("policy <code>writers change projects</code> on <code>projects</code>");
    assert!(
        shown < folded && place("survived: nothing tests it") < folded,
        "what was noticed is folded away below: {page}"
    );
}

#[tokio::test]
async fn a_migration_that_opens_a_door_is_a_change_of_the_file() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("teams.md");
    std::fs::copy("tests/matrix/teams.md", &file).unwrap();
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        // The file would be written instead of compared.
        return;
    }
    let postgres = teams().await;
    let door = "create policy \"tasks are easy to find\" on tasks for select to authenticated using (true)";
    postgres.sql(door).await.unwrap();
    let matrix = people(&postgres).await.unwrap();
    let compare = std::panic::AssertUnwindSafe(|| matrix.assert_file(&file));
    let panic = std::panic::catch_unwind(compare).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("+ | stranger | all of 3 "), "{text}");
    assert!(!text.contains("| anon "), "{text}");
}
