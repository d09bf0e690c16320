//! The live policies of the replay are those that a real PostgreSQL has after the same files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scoped_tests::{apply_histories, shared};
use serde_json::Value;

use crate::common::{cases, policies};
use scoped_rules::policies::Project;
use scoped_rules::sql_files::files;

fn names(value: &Value) -> BTreeSet<String> {
    let names = value.as_array().unwrap().iter();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// What of the replay is sure, and what dynamic SQL has perhaps dropped.
fn replayed(project: &Project) -> (BTreeSet<String>, BTreeSet<String>) {
    let (unsure, sure): (Vec<_>, Vec<_>) = policies(project)
        // A name that only the run knows: no run can compare it.
        .filter(|(_, policy)| !policy.contains('?'))
        .partition(|(object, _)| object.uncertain);
    let names = |list: Vec<(_, String)>| list.into_iter().map(|(_, policy)| policy).collect();
    (names(sure), names(unsure))
}

#[tokio::test]
async fn every_history_leaves_the_policies_that_postgres_has() {
    let cases = cases();
    let texts = cases.iter().map(|case| {
        let texts = case.history.iter().map(|(_, text)| text.clone());
        texts.collect()
    });
    let before = include_str!("../../policies/before.psql");
    let results = apply_histories(before, texts.collect()).await.unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for (case, result) in cases.iter().zip(results) {
        let (sure, unsure) = replayed(&case.project);
        let mut there: BTreeSet<String> = result.policies.into_iter().collect();
        there.retain(|policy| !unsure.contains(policy));
        compared += there.len();
        // A replay that reads around damage knows more than the server, and never less.
        let agree = if case.refused {
            assert!(
                !result.refused.is_empty(),
                "{}: nothing is refused",
                case.name
            );
            there.is_subset(&sure)
        } else {
            there == sure
        };
        if !agree {
            let (name, refused) = (&case.name, &result.refused);
            wrong.push(format!(
                "{name}: Postgres {there:#?}, the replay {sure:#?}; refused {refused:#?}"
            ));
        }
    }
    eprintln!("{} histories, {compared} policies", cases.len());
    assert!(compared >= 100, "only {compared} policies");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_local_server_has_the_policies_of_its_migrations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("server/supabase/migrations");
    let texts: Vec<(PathBuf, String)> = files(&folder, "")
        .unwrap()
        .into_iter()
        .map(|file| (file.clone(), std::fs::read_to_string(file).unwrap()))
        .collect();
    let (sure, unsure) = replayed(&Project::read(&texts));
    assert!(unsure.is_empty());
    let server = shared().await.unwrap();
    // Lite has tables of its own in other schemas, without policies of its own in these.
    let rows = server
        .sql(
            "select coalesce(json_agg(schemaname || '.' || tablename || ' ' || policyname), '[]') as all
             from pg_policies where schemaname in ('public', 'api2', 'storage')",
        )
        .await
        .unwrap();
    let there = names(&rows[0]["all"]);
    assert!(there.len() >= 8, "{there:?}");
    assert_eq!(there, sure);
}
