//! Mutants that other tables notice than the one that was changed.

use scoped_runtime::NoClaims;
use scoped_runtime::testing::{MutantReport, RlsMatrix, Verdict};

use crate::made::{ALICE, database};

/// The cells of `log` and `diary` cannot be tried, so that only those of `notes` and of the call notice what their
/// policies say.
#[tokio::test]
async fn mutants_are_noticed_through_triggers_and_calls() {
    let sql = "create table log (id int not null check (id > 1000000 and id % 7 = 3));
        alter table log enable row level security;
        create policy adds on log for insert to authenticated with check ((select auth.uid()) is not null);
        create table notes (id int primary key, owner uuid not null);
        alter table notes enable row level security;
        create policy own on notes to authenticated using (owner = (select auth.uid()));
        create function logs() returns trigger language plpgsql as $$
          begin insert into public.log values (1000002); return new; end $$;
        create trigger logs before insert on notes for each row execute function logs();
        create table diary (id int not null check (id > 1000000 and id % 7 = 3));
        alter table diary enable row level security;
        create policy writes on diary for insert to authenticated with check ((select auth.uid()) is not null);";
    let postgres = database("reached", sql).await;
    let matrix = RlsMatrix::of(&postgres)
        .person("alice", ALICE, NoClaims {})
        .anonymous("anon")
        .example("insert into notes values (1, '00000000-0000-4000-8000-000000000001')")
        .example("truncate log")
        .call("the diary", "insert into diary values (1000002)")
        .await
        .unwrap();
    let report = matrix.mutants().await.unwrap();
    let noticed = |object: &str, change: &str, by: &str| {
        let mutant = report
            .iter()
            .find(|mutant| mutant.object() == object && mutant.change() == change)
            .unwrap();
        let said = format!("{:?}", mutant.verdict());
        assert!(said.contains(by), "{object}: {said}");
    };
    noticed("policy `adds` on `log`", "dropped", "alice insert notes");
    noticed(
        "policy `writes` on `diary`",
        "dropped",
        "alice call call the diary",
    );
    let all = matrix.mutants_of_all_cells().await.unwrap();
    let verdicts = |report: &MutantReport| -> Vec<Verdict> {
        report
            .iter()
            .map(|mutant| mutant.verdict().clone())
            .collect()
    };
    assert_eq!(verdicts(&report), verdicts(&all), "{report}{all}");
}
