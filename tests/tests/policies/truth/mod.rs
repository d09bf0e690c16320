//! Truth by experiment: generated histories are applied to PostgreSQL, one claim of a token is changed at a
//! time, and what the engine says of each policy must agree with whose outcomes change.

mod agree;
mod experiment;
mod expression;
mod generate;
mod random;

use scoped_tests::shared;

use agree::Counts;

/// A thousand histories take some minutes: `just truth`.
const MANY: u64 = 1_000;
const FEW: u64 = 50;

/// Compares the histories of these seeds.
async fn compare_all(seeds: impl Iterator<Item = u64>) {
    let server = shared().await.unwrap();
    let (mut counts, mut wrong, mut histories) = (Counts::default(), Vec::new(), 0);
    for seed in seeds {
        let statements = generate::history(seed);
        let rows = server.sql(&experiment::script(&statements)).await.unwrap();
        let truth = experiment::outcomes(&rows[0]);
        histories += 1;
        for disagreement in agree::disagreements(&statements, &truth, &mut counts) {
            wrong.push(format!(
                "seed {seed}: {disagreement}\n{}",
                statements.join(";\n")
            ));
        }
    }
    eprintln!("{histories} histories: {counts:?}");
    assert!(
        counts.effects > histories,
        "the experiments decide too little: {counts:?}"
    );
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[tokio::test]
async fn what_the_engine_says_of_fifty_histories_is_what_postgres_does() {
    compare_all(0..FEW).await;
}

#[tokio::test]
#[ignore = "some minutes: `just truth`"]
async fn what_the_engine_says_of_a_thousand_histories_is_what_postgres_does() {
    compare_all(FEW..FEW + MANY).await;
}
