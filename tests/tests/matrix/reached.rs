//! Mutants that other tables notice than the one that was changed.

use scoped_runtime::NoClaims;
use scoped_runtime::testing::{MutantReport, RlsMatrix, Verdict};

use crate::made::{ALICE, database};

/// A table whose own cells cannot be tried, since a copy of its only row breaks the check.
macro_rules! unseen {
    ($name:literal) => {
        concat!(
            "create table ",
            $name,
            " (id int not null check (id > 1000000 and id % 7 = 3));
            alter table ",
            $name,
            " enable row level security;
            create policy adds on ",
            $name,
            " for insert to authenticated with check ((select auth.uid()) is not null);"
        )
    };
}

/// Compares the verdicts with those of a run over all cells. `noticed` has objects, changes, and the cells that notice
/// them.
async fn agree(matrix: RlsMatrix<'_>, noticed: &[(&str, &str, &str)]) {
    let matrix = matrix
        .person("alice", ALICE, NoClaims {})
        .anonymous("anon")
        .await
        .unwrap();
    let verdicts = |report: &MutantReport| -> Vec<Verdict> {
        report
            .iter()
            .map(|mutant| mutant.verdict().clone())
            .collect()
    };
    let all = matrix.mutants_of_all_cells().await.unwrap();
    let report = matrix.mutants().await.unwrap();
    for (object, change, by) in noticed {
        let mutant = report
            .iter()
            .find(|mutant| mutant.object() == *object && mutant.change() == *change)
            .unwrap_or_else(|| panic!("{object}: {report}"));
        let said = format!("{:?}", mutant.verdict());
        assert!(said.contains(by), "{object}: {said}");
    }
    assert_eq!(verdicts(&report), verdicts(&all), "{report}{all}");
}

#[tokio::test]
async fn mutants_are_noticed_through_triggers_and_calls() {
    let sql = concat!(
        unseen!("log"),
        unseen!("diary"),
        "create table notes (id int primary key, owner uuid not null);
        alter table notes enable row level security;
        create policy own on notes to authenticated using (owner = (select auth.uid()));
        create function logs() returns trigger language plpgsql as $$
          begin insert into public.log values (1000002); return new; end $$;
        create trigger logs before insert on notes for each row execute function logs();"
    );
    let postgres = database("reached", sql).await;
    let matrix = RlsMatrix::of(&postgres)
        .example("insert into notes values (1, '00000000-0000-4000-8000-000000000001')")
        .example("truncate log")
        .call("the diary", "insert into diary values (1000002)");
    let noticed = [
        ("policy `adds` on `log`", "dropped", "alice insert notes"),
        (
            "policy `adds` on `diary`",
            "dropped",
            "alice call call the diary",
        ),
    ];
    agree(matrix, &noticed).await;
}

#[tokio::test]
async fn mutants_are_noticed_through_views_and_partitions() {
    let sql = concat!(
        unseen!("log"),
        unseen!("audit"),
        "create view lines with (security_invoker) as select id from log;
        create table notes (id int primary key, owner uuid not null);
        alter table notes enable row level security;
        create policy own on notes to authenticated using (owner = (select auth.uid()));
        create function logs() returns trigger language plpgsql as $$
          begin insert into public.lines values (1000002); return new; end $$;
        create trigger logs before insert on notes for each row execute function logs();
        create table events (id int, day int) partition by list (day);
        create table events_of_today partition of events for values in (1);
        create function audits() returns trigger language plpgsql as $$
          begin insert into public.audit values (1000002); return new; end $$;
        create trigger audits before insert on events_of_today for each row execute function audits();"
    );
    let postgres = database("reached-views", sql).await;
    let matrix = RlsMatrix::of(&postgres)
        .example("insert into notes values (1, '00000000-0000-4000-8000-000000000001')")
        .example("insert into events values (1, 1)")
        .example("truncate log, audit");
    let noticed = [
        ("policy `adds` on `log`", "dropped", "alice insert notes"),
        ("policy `adds` on `audit`", "dropped", "alice insert events"),
    ];
    agree(matrix, &noticed).await;
}

/// A function that no cell of its own table notices.
fn helper(name: &str) -> String {
    format!(
        "create function of_{name}() returns boolean language sql stable as
          $$ select coalesce((select auth.jwt()) ->> 'aal' = 'aal1', false) $$;
        create table hidden_{name} (id int primary key);
        alter table hidden_{name} enable row level security;
        create policy never on hidden_{name} to authenticated using (of_{name}() and id < 0);"
    )
}

#[tokio::test]
async fn mutants_are_noticed_through_conditions_of_triggers_defaults_domains_and_operators() {
    let helpers = ["when", "default", "domain", "operator"].map(helper);
    let sql = helpers.concat()
        + "create table notes (id int);
        create function refuses() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
        create trigger refuses before insert on notes for each row when (of_when()) execute function refuses();
        create function given(given boolean default of_default()) returns boolean language sql as $$ select given $$;
        create table drafts (id int);
        alter table drafts enable row level security;
        create policy given on drafts using (given());
        create domain counted as int check (value > 0 or not of_domain());
        create table counts (id counted);
        create function same(int, int) returns boolean language sql as $$ select public.of_operator() $$;
        create operator public.=== (leftarg = int, rightarg = int, function = same);
        create table teams (id int);
        alter table teams enable row level security;
        create policy sees on teams for select using (id === id);";
    let postgres = database("reached-conditions", &sql).await;
    let matrix = RlsMatrix::of(&postgres)
        .example("insert into notes values (1); insert into drafts values (1)")
        .example("insert into counts values (-1); insert into teams values (1)");
    let renamed = "claim `aal` became `aal_other`";
    let noticed = [
        ("function `of_when()`", renamed, "alice insert notes"),
        ("function `of_default()`", renamed, "alice select drafts"),
        ("function `of_domain()`", renamed, "alice insert counts"),
        ("function `of_operator()`", renamed, "alice select teams"),
    ];
    agree(matrix, &noticed).await;
}

/// Only `anon` has no user, and the view runs as `authenticated` for everyone.
#[tokio::test]
async fn mutants_are_noticed_through_the_role_of_an_owner() {
    let sql = "create table notes (id int primary key);
        alter table notes enable row level security;
        create policy visitors on notes to authenticated using ((select auth.uid()) is null);
        create view shown as select id from notes;
        grant create on schema public to authenticated;
        alter view shown owner to authenticated;";
    let postgres = database("reached-owner", sql).await;
    let matrix = RlsMatrix::of(&postgres).example("insert into notes values (1)");
    let noticed = [(
        "policy `visitors` on `notes`",
        "dropped",
        "anon select shown",
    )];
    agree(matrix, &noticed).await;
}

#[tokio::test]
async fn mutants_are_noticed_through_functions_that_change_the_role() {
    let sql = "create table notes (id int primary key);
        alter table notes enable row level security;
        create policy visitors on notes to authenticated using ((select auth.uid()) is null);
        create function reads() returns void language plpgsql as $$ begin
          set local role authenticated;
          if not exists (select from public.notes) then raise 'no notes'; end if;
        end $$;";
    let postgres = database("reached-set-role", sql).await;
    let matrix = RlsMatrix::of(&postgres)
        .example("insert into notes values (1)")
        .call("reads", "select reads()");
    let noticed = [(
        "policy `visitors` on `notes`",
        "dropped",
        "anon call call reads",
    )];
    agree(matrix, &noticed).await;
}
