//! The five tables of `examples/rls_matrix`: teams, members, projects, tasks and comments.

use scoped_runtime::scoped_claims;
use scoped_runtime::testing::{Operation, Outcome, Postgres, RlsMatrix};

#[scoped_claims]
struct Member {
    team_id: &'static str,
    #[claim(one_of("owner", "member", "viewer"))]
    team_role: &'static str,
}

const ACME: &str = "00000000-0000-4000-8000-0000000000aa";
const GLOBEX: &str = "00000000-0000-4000-8000-0000000000bb";

async fn teams() -> Postgres {
    Postgres::with("../examples/rls_matrix/migrations").await.unwrap()
}

fn user(number: u8) -> String {
    format!("00000000-0000-4000-8000-00000000000{number}")
}

fn people(postgres: &Postgres) -> RlsMatrix<'_> {
    RlsMatrix::of(postgres)
        .person("owner", user(1), Member { team_id: ACME, team_role: "owner" })
        .person("member", user(2), Member { team_id: ACME, team_role: "member" })
        .person("viewer", user(3), Member { team_id: ACME, team_role: "viewer" })
        .person("stranger", user(4), Member { team_id: GLOBEX, team_role: "owner" })
        .anonymous("anon")
}

#[tokio::test]
async fn smoke() {
    let postgres = teams().await;
    let start = std::time::Instant::now();
    let matrix = people(&postgres).await.unwrap();
    println!("{matrix}{:?}", start.elapsed());
    let start = std::time::Instant::now();
    let mutants = matrix.mutants().await.unwrap();
    println!("{mutants}{:?}", start.elapsed());
    std::fs::write("/tmp/mx.html", matrix.html_with(&mutants)).unwrap();
    std::fs::write("/tmp/mx.md", matrix.markdown()).unwrap();
    let _ = (Operation::Select, Outcome::None);
}
