//! What was changed by hand in a database, beside its migrations.

use scoped_runtime::policies::{Definitions, FindingKind};
use scoped_runtime::testing::Postgres;
use scoped_runtime::{Config, PostgresPool, ScopedClients};
use tokio_postgres::NoTls;

use super::teams::{Member, teams};

fn project(postgres: &Postgres) -> ScopedClients {
    let config = Config::builder()
        .environment(|_| None)
        .url("http://127.0.0.1:54321")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-secret-of-at-least-thirty-two-bytes");
    let pool = PostgresPool::new(postgres.url(), NoTls).unwrap();
    ScopedClients::new(config.build().unwrap())
        .unwrap()
        .with_postgres(pool)
        .unwrap()
}

#[tokio::test]
async fn a_database_with_its_migrations_has_no_differences() {
    let postgres = teams().await;
    let expected = postgres.definitions().await.unwrap();
    let live = project(&postgres).policy_definitions().await.unwrap();
    assert_eq!(live.differences(&expected), []);
    assert_eq!(
        Definitions::from_json(&expected.to_json()).unwrap(),
        expected
    );
    let report = project(&postgres).check_policies::<Member>().await.unwrap();
    assert_eq!(report.errors().count(), 0, "{report}");
}

#[tokio::test]
async fn a_policy_a_helper_and_a_view_that_were_altered_by_hand_are_found_with_both_texts() {
    let view = "create view open_tasks with (security_invoker = true) as select * from tasks where not is_done";
    let (expected, live) = tokio::join!(teams(), teams());
    for postgres in [&expected, &live] {
        postgres.sql(view).await.unwrap();
    }
    let by_hand = "alter policy \"members see projects\" on projects using (true); \
        create or replace function may_write() returns boolean language sql stable as $$ select true $$; \
        create or replace view open_tasks with (security_invoker = false) as select * from tasks where not is_done; \
        alter table comments disable row level security";
    live.sql(by_hand).await.unwrap();
    let expected = expected.definitions().await.unwrap();
    let found = project(&live)
        .policy_definitions()
        .await
        .unwrap()
        .differences(&expected);
    let objects: Vec<&str> = found
        .iter()
        .map(scoped_runtime::policies::Difference::object)
        .collect();
    assert_eq!(
        objects,
        [
            "function public.may_write()",
            "policy \"members see projects\" on public.projects",
            "table public.comments",
            "view public.open_tasks",
        ]
    );
    let texts = |place: usize| {
        (
            found[place].expected().unwrap(),
            found[place].live().unwrap(),
        )
    };
    assert!(
        texts(0).0.contains("'owner', 'member'") && texts(0).1.contains("select true"),
        "{}",
        found[0]
    );
    assert!(
        texts(1).0.contains("claimed_team()") && texts(1).1.ends_with("using (true)"),
        "{}",
        found[1]
    );
    assert!(
        texts(3).0.contains("security_invoker=true")
            && texts(3).1.contains("security_invoker=false"),
        "{}",
        found[3]
    );
}

#[tokio::test]
async fn the_check_of_the_claims_sees_what_was_changed_by_hand() {
    let postgres = teams().await;
    let by_hand = "alter policy \"members see projects\" on projects using (team_id = (auth.jwt() ->> 'teamId')::uuid)";
    postgres.sql(by_hand).await.unwrap();
    let report = project(&postgres).check_policies::<Member>().await.unwrap();
    let errors: Vec<FindingKind> = report
        .errors()
        .map(scoped_runtime::policies::Finding::kind)
        .collect();
    assert_eq!(errors, [FindingKind::Missing], "{report}");
}
