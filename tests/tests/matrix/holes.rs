//! Fifteen holes in the policies of the five tables, each a migration that opens a door.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use scoped_runtime::policies::Check;
use scoped_runtime::testing::{Matrix, Postgres, RlsMatrix};

use super::teams::{ACME, GLOBEX, Member, people, user};

const TABLES: &str = "../examples/rls_matrix/migrations";
const SERVICES: &str = "tests/matrix/base";

/// What one of the ways says of a schema: a line for each finding.
type Said = BTreeSet<String>;

fn holes() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/matrix/holes");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// The example with storage and messages, and the migration of a hole.
async fn database(hole: Option<&PathBuf>) -> Postgres {
    let mut builder = Postgres::with(TABLES).migrations(SERVICES);
    if let Some(hole) = hole {
        builder = builder.migrations(hole);
    }
    builder.await.unwrap()
}

/// The people of the example, and a user who is in both teams.
fn all_people(postgres: &Postgres) -> RlsMatrix<'_> {
    people(postgres)
        .person("both", user(5), Member { team_id: GLOBEX.to_owned(), team_role: "viewer".to_owned() })
        .example(&format!(
            "insert into auth.users (id) values ('{id}'); \
             insert into members values ('{ACME}', '{id}', 'viewer'), ('{GLOBEX}', '{id}', 'viewer')",
            id = user(5)
        ))
        .topic(&format!("team:{ACME}"))
}

fn compile_time(hole: Option<&PathBuf>) -> Said {
    let mut files = vec![PathBuf::from(TABLES), PathBuf::from(SERVICES)];
    files.extend(hole.cloned());
    let report = Check::new(files).run::<Member>().unwrap();
    report
        .iter()
        .map(|finding| format!("{}: {finding}", finding.kind().name()))
        .collect()
}

fn cells(matrix: &Matrix<'_>) -> Said {
    let cells = matrix.cells().iter();
    cells.map(|cell| format!("{cell:?}")).collect()
}

/// The survivors, without their lines.
async fn mutants(matrix: &Matrix<'_>) -> Said {
    let report = matrix.mutants().await.unwrap();
    report
        .survivors()
        .map(|mutant| format!("{}: {}", mutant.object(), mutant.change()))
        .collect()
}

/// What the schema without holes does not show. The mutants take minutes, so that they are asked only with
/// `HOLES=mutants`, which prints the table of the guide.
#[tokio::test]
async fn every_planted_hole_is_found_by_the_check_or_the_matrix() {
    let with_mutants = std::env::var("HOLES").is_ok_and(|holes| holes == "mutants");
    let clean = database(None).await;
    let clean_matrix = all_people(&clean).await.unwrap();
    let (check_before, cells_before) = (compile_time(None), cells(&clean_matrix));
    let survivors_before = if with_mutants {
        mutants(&clean_matrix).await
    } else {
        Said::new()
    };
    let holes = holes();
    assert_eq!(holes.len(), 15);
    let mut table = String::new();
    let mut missed = Vec::new();
    for hole in &holes {
        let postgres = database(Some(hole)).await;
        let matrix = all_people(&postgres).await.unwrap();
        let survivors = if with_mutants {
            mutants(&matrix).await
        } else {
            Said::new()
        };
        let found = [
            !compile_time(Some(hole)).is_subset(&check_before),
            !cells(&matrix).is_subset(&cells_before),
            !survivors.is_subset(&survivors_before),
        ];
        let name = hole
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .split_once('_')
            .unwrap()
            .1
            .to_owned();
        let words = found.map(|found| if found { "found" } else { "" });
        let _ = writeln!(
            table,
            "| {name:<24} | {:<6} | {:<6} | {:<6} |",
            words[0], words[1], words[2]
        );
        if !found[0] && !found[1] {
            missed.push(name);
        }
    }
    println!("{table}");
    assert!(missed.is_empty(), "{missed:?}\n{table}");
}
