//! Rows and people that are made, and cells that cannot be tried.

use std::fs;
use std::path::PathBuf;

use scoped_runtime::testing::Operation::{Call, Delete, Insert, Reassign, Select};
use scoped_runtime::testing::{Matrix, Outcome, Postgres, RlsMatrix};
use scoped_runtime::{NoClaims, scoped_claims};
use serde::{Deserialize, Serialize};

pub(crate) const ALICE: &str = "00000000-0000-4000-8000-000000000001";
const BOB: &str = "00000000-0000-4000-8000-000000000002";

/// A database with this one migration.
pub(crate) async fn database(name: &str, sql: &str) -> Postgres {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("matrix-{name}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("20270101000000_all.sql"), sql).unwrap();
    Postgres::with(folder).await.unwrap()
}

async fn alice_and_bob(postgres: &Postgres) -> Matrix<'_> {
    RlsMatrix::of(postgres)
        .person("alice", ALICE, NoClaims {})
        .person("bob", BOB, NoClaims {})
        .anonymous("anon")
        .await
        .unwrap()
}

#[tokio::test]
async fn rows_are_made_from_types_foreign_keys_and_constraints() {
    let sql = "create type state as enum ('open', 'paid');
        create table profiles (id uuid primary key references auth.users, email text not null unique, born date not null);
        alter table profiles enable row level security;
        create policy own on profiles to authenticated using ((select auth.uid()) = id);
        create table orders (id bigint generated always as identity primary key, buyer uuid not null references profiles,
          state state not null, kind text not null check (kind in ('gift', 'own')), total numeric(10, 2) not null check (total > 0),
          tags text[] not null, note jsonb not null, parent bigint references orders);
        alter table orders enable row level security;
        create policy own on orders to authenticated using (buyer = (select auth.uid()));";
    let postgres = database("made", sql).await;
    let matrix = alice_and_bob(&postgres).await;
    assert_eq!(matrix.untried().count(), 0, "{matrix}");
    for table in ["profiles", "orders"] {
        let owner = if table == "orders" { "buyer" } else { "id" };
        matrix
            .person("alice")
            .can(Select, table)
            .only(&format!("{owner} = '{ALICE}'"))
            .await;
        matrix.person("alice").cannot(Reassign, table);
        matrix.person("anon").cannot(Select, table);
    }
    matrix.person("bob").can(Delete, "orders").rows(1);
    // The order keeps the profile.
    let cell = matrix.cell("bob", Delete, "profiles").unwrap();
    assert_eq!(*cell.outcome(), Outcome::Constraint, "{matrix}");
}

#[tokio::test]
async fn made_users_have_what_a_sign_up_leaves_for_the_trigger_that_makes_profiles() {
    let sql = "create table profiles (id uuid primary key references auth.users, name text not null, email text not null unique);
        alter table profiles enable row level security;
        create policy own on profiles to authenticated using (id = (select auth.uid()));
        create function welcome() returns trigger language plpgsql security definer set search_path = '' as $$
          begin
            insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'full_name', new.email);
            return new;
          end $$;
        drop trigger if exists welcome on auth.users;
        create trigger welcome after insert on auth.users for each row execute function welcome();";
    let postgres = database("sign-up", sql).await;
    let matrix = alice_and_bob(&postgres).await;
    matrix.person("alice").can(Select, "profiles").rows(1);
    let names = "select name from profiles order by name limit 2";
    let names = postgres.sql(names).await.unwrap();
    assert_eq!(
        names.to_string(),
        r#"[{"name":"Person 1"},{"name":"Person 2"}]"#
    );
}

#[tokio::test]
async fn a_cell_without_a_row_to_try_is_untried_and_never_none() {
    let sql = "create table odd (id int primary key check (id > 1000000 and id % 7 = 3));
        alter table odd enable row level security;
        create policy all_of_it on odd to authenticated using (true);";
    let postgres = database("untried", sql).await;
    let matrix = alice_and_bob(&postgres).await;
    let cell = matrix.cell("alice", Select, "odd").unwrap();
    let Outcome::Untried(reason) = cell.outcome() else {
        panic!("{cell:?}")
    };
    assert!(
        reason.contains("no row of `odd` could be made") && reason.contains("odd_id_check"),
        "{reason}"
    );

    let example = RlsMatrix::of(&postgres)
        .person("alice", ALICE, NoClaims {})
        .example("insert into odd values (1000002)");
    let matrix = example.await.unwrap();
    matrix.person("alice").can(Select, "odd").all();
}

#[tokio::test]
#[should_panic(expected = "was not tried")]
async fn an_assertion_about_an_untried_cell_fails() {
    let sql = "create table odd (id int primary key check (id > 1000000)); alter table odd enable row level security;";
    let postgres = database("assertion", sql).await;
    alice_and_bob(&postgres)
        .await
        .person("anon")
        .cannot(Select, "odd");
}

#[tokio::test]
async fn outcomes_tell_grants_policies_constraints_and_errors_apart() {
    let sql = "create table secrets (id int primary key); insert into secrets values (1), (2);
        revoke all on secrets from anon, authenticated;
        create table notes (id int primary key, owner uuid not null); insert into notes values (1, gen_random_uuid());
        alter table notes enable row level security;
        create policy reads on notes for select to authenticated using (true);
        create policy deletes on notes for delete to authenticated using (true);
        create table files (note int not null references notes); insert into files values (1);
        alter table files enable row level security;
        create table broken (id int primary key); insert into broken values (1);
        alter table broken enable row level security;
        create policy circle on broken to authenticated using (exists (select from broken));";
    let postgres = database("outcomes", sql).await;
    let matrix = alice_and_bob(&postgres).await;
    let outcome = |operation, table: &str| {
        matrix
            .cell("alice", operation, table)
            .unwrap()
            .outcome()
            .to_string()
    };
    assert_eq!(outcome(Select, "secrets"), "not granted");
    assert_eq!(outcome(Select, "notes"), "all of 1");
    assert_eq!(outcome(Insert, "notes"), "refused by policy");
    assert_eq!(outcome(Delete, "notes"), "constraint");
    assert_eq!(outcome(Select, "files"), "none");
    assert_eq!(outcome(Select, "broken"), "error 42P17");
}

#[tokio::test]
async fn what_is_tried_leaves_nothing_behind() {
    let sql = "create table notes (id int primary key, body text); insert into notes values (1, 'one'), (2, 'two');";
    let postgres = database("nothing", sql).await;
    let before = postgres
        .sql("select * from notes order by id")
        .await
        .unwrap();
    let matrix = alice_and_bob(&postgres).await;
    matrix.person("anon").can(Delete, "notes").all();
    assert_eq!(
        postgres
            .sql("select * from notes order by id")
            .await
            .unwrap(),
        before
    );
}

#[tokio::test]
async fn a_delete_that_reads_no_column_is_tried_too() {
    let sql = "create table notes (id int primary key); insert into notes values (1), (2);
        alter table notes enable row level security;
        create policy deletes on notes for delete to authenticated using (true);";
    let postgres = database("blind", sql).await;
    let matrix = alice_and_bob(&postgres).await;
    matrix.person("alice").cannot(Select, "notes");
    matrix.person("alice").can(Delete, "notes").all();
}

#[tokio::test]
async fn functions_buckets_and_topics_have_cells() {
    let sql = "create function add(a int, b int) returns int language sql as $$ select a + b $$;
        create function secret() returns int language sql security definer as $$ select 1 $$;
        revoke execute on function secret() from public, anon;
        insert into storage.buckets (id, name) values ('receipts', 'receipts');
        create policy own on storage.objects to authenticated
          using (bucket_id = 'receipts' and (storage.foldername(name))[1] = (select auth.uid())::text);
        create policy own on realtime.messages for select to authenticated
          using (realtime.topic() = 'user:' || (select auth.uid()));";
    let postgres = database("services", sql).await;
    let matrix = RlsMatrix::of(&postgres)
        .person("alice", ALICE, NoClaims {})
        .person("bob", BOB, NoClaims {})
        .anonymous("anon")
        .topic(&format!("user:{ALICE}"))
        .call("add", "select add(1, 2)")
        .call("secret", "select secret()")
        .await
        .unwrap();
    matrix
        .person("alice")
        .can(Select, "bucket receipts")
        .only(&format!("name like '{ALICE}/%'"))
        .await;
    matrix.person("anon").cannot(Select, "bucket receipts");
    let topic = format!("topic user:{ALICE}");
    matrix.person("alice").can(Select, &topic).all();
    matrix.person("bob").cannot(Select, &topic);
    matrix.person("alice").cannot(Insert, &topic);
    let _ = matrix.person("alice").can(Call, "call secret");
    matrix.person("anon").cannot(Call, "call secret");
    matrix
        .person("anon")
        .cannot(Call, "function secret(), security definer");
    let _ = matrix.person("anon").can(Call, "call add");
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Pro,
}

#[scoped_claims]
struct Access {
    tenant: String,
    plan: Option<Plan>,
    is_admin: bool,
    scopes: Vec<String>,
}

#[tokio::test]
async fn people_are_made_from_the_struct() {
    let postgres = database("people", "create table notes (id int primary key);").await;
    let matrix = RlsMatrix::of(&postgres)
        .values("tenant", ["acme", "globex"])
        .values("scopes", ["read", "write"])
        .people_of::<Access>()
        .await
        .unwrap();
    let people: std::collections::BTreeSet<&str> = matrix
        .cells()
        .iter()
        .map(scoped_runtime::testing::Cell::person)
        .collect();
    let text = people.iter().copied().collect::<Vec<_>>().join("\n");
    for part in [
        "tenant acme",
        "tenant globex",
        "plan free",
        "plan pro",
        "no plan",
        "is_admin true",
        "is_admin false",
        "scopes [read]",
        "scopes [write]",
        "scopes [read write]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // All combinations are 36, so that pairs were taken.
    assert!(people.len() < 24, "{text}");
}

#[tokio::test]
async fn the_forms_of_output_say_the_same() {
    let sql = "create table \"a|b<c>\" (id int primary key); insert into \"a|b<c>\" values (1);";
    let postgres = database("forms", sql).await;
    let matrix = RlsMatrix::of(&postgres).anonymous("anon").await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&matrix.json()).unwrap();
    assert_eq!(json["cells"][0]["outcome"], "all of 1");
    assert!(
        matrix.markdown().contains("| anon | all of 1 "),
        "{}",
        matrix.markdown()
    );
    let html = matrix.html();
    assert!(
        html.contains("a|b&lt;c&gt;") && !html.contains("<c>") && !html.contains("<script"),
        "{html}"
    );
}

#[tokio::test]
async fn mistakes_in_the_people_are_errors() {
    let postgres = database("mistakes", "create table notes (id int primary key);").await;
    let twice = RlsMatrix::of(&postgres)
        .anonymous("anon")
        .anonymous("anon")
        .await
        .unwrap_err();
    assert!(
        twice.to_string().contains("two people are called `anon`"),
        "{twice}"
    );
    let nobody = RlsMatrix::of(&postgres).await.unwrap_err();
    assert!(nobody.to_string().contains("1 to 100 people"), "{nobody}");
    let unknown = RlsMatrix::of(&postgres)
        .person("alice", "not an id", NoClaims {})
        .await
        .unwrap_err();
    assert!(unknown.to_string().contains("person `alice`"), "{unknown}");
}
