//! `postgrest` as the oracle: a request that both a `Query` and a native builder can express is sent
//! through both, and both requests have to be equal.

mod both;

use std::collections::{BTreeMap, BTreeSet};

use scoped_runtime::{ClientError, Error, Order};
use serde_json::Value;

use self::both::Both;
use crate::grammar::{Request, parameters};
use crate::project::{Arrived, Project};
use crate::written::Chain;
use crate::wrong::Wrong;
use scoped_tests::Random;

/// How many pairs of requests are compared.
const PAIRS: u64 = 2_000;

/// The parts of a request that have a meaning.
#[derive(Debug, PartialEq, Eq)]
struct Compared {
    method: String,
    path: String,
    /// Decoded and sorted, because their order has no meaning.
    parameters: Vec<(String, Option<String>)>,
    prefer: BTreeSet<String>,
    accept: String,
    profiles: [String; 2],
    body: Option<Value>,
}

impl Compared {
    fn new(arrived: &Arrived) -> Self {
        let mut parameters: Vec<_> = parameters(&arrived.query).collect();
        parameters.sort();
        let prefer = arrived
            .header("prefer")
            .split(',')
            .map(|setting| setting.trim().to_owned());
        Self {
            method: arrived.method.clone(),
            path: arrived.path.clone(),
            parameters,
            prefer: prefer.filter(|setting| !setting.is_empty()).collect(),
            accept: arrived.header("accept").to_owned(),
            profiles: ["accept-profile", "content-profile"]
                .map(|name| arrived.header(name).to_owned()),
            body: serde_json::from_str(&arrived.body).ok(),
        }
    }
}

#[tokio::test]
async fn a_query_and_the_equivalent_native_builder_send_the_same_request() {
    let project = Project::start().await;
    let mut said = BTreeMap::<&str, usize>::new();
    let mut wrong = Wrong::default();
    for seed in 0..PAIRS {
        let both = Both::random(&Random::new(seed), &project);
        for method in &both.methods {
            *said.entry(method).or_default() += 1;
        }
        let case = format!("seed {seed}: {:?}", both.methods);
        both.query
            .execute()
            .await
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        let ours = project.arrived().expect("the query");
        project
            .client
            .execute(both.native)
            .await
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        let native = project.arrived().expect("the builder");
        if Compared::new(&ours) != Compared::new(&native) {
            wrong.note("another request", || format!("{case}\n{ours}\n{native}"));
        }
    }
    wrong.check();
    // Checks that every method of `postgrest` with a counterpart was among them.
    assert_eq!(said.len(), both::METHODS, "{said:?}");
    assert!(said.values().all(|count| *count > 10), "{said:?}");
}

#[tokio::test]
async fn into_builder_keeps_the_meaning_of_the_query() {
    let project = Project::start().await;
    let (mut same, mut not_native) = (0, 0);
    let mut wrong = Wrong::default();
    for seed in 0..PAIRS {
        let chain = Chain::random(&Random::new(seed), &project.client);
        let outcome = chain.query.clone().execute().await;
        let Some(ours) = project.arrived() else {
            assert!(outcome.is_err(), "the query was neither sent nor refused");
            let builder = chain.query.into_builder();
            assert!(
                builder.is_err(),
                "a refused query must not become a builder"
            );
            continue;
        };
        match chain.query.clone().into_builder() {
            Ok(builder) => {
                let outcome = project.client.execute(builder).await;
                let native = project.arrived();
                // No native builder can express `all_rows`.
                if native.is_none() && chain.all_rows {
                    not_native += 1;
                    continue;
                }
                let is_same = native
                    .as_ref()
                    .is_some_and(|native| Compared::new(&ours) == Compared::new(native));
                if !is_same {
                    let native = native.map(|native| native.to_string());
                    wrong.note("another request", || {
                        format!(
                            "seed {seed}: {chain:?}\n{ours}\n{native:?} {:?}",
                            outcome.err()
                        )
                    });
                }
                same += 1;
            }
            Err(Error::Client(ClientError::NotNative { .. })) => not_native += 1,
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    wrong.check();
    assert!(
        same > 800 && not_native < 400,
        "{same} the same, {not_native} that no builder can say"
    );
}

/// Where the texts differ, the model says that their meaning is the same.
#[tokio::test]
async fn order_with_options_has_the_same_meaning_in_both() {
    let project = Project::start().await;
    let client = project.client.clone();
    for (table, ascending, nulls_first) in [
        (None, true, true),
        (None, true, false),
        (None, false, true),
        (Some("author"), false, false),
        (Some("author.country"), true, true),
    ] {
        let column = table.map_or("name".to_owned(), |table| format!("{table}.name"));
        let order = if ascending {
            Order::asc(column)
        } else {
            Order::desc(column)
        };
        let order = if nulls_first {
            order.nulls_first()
        } else {
            order.nulls_last()
        };
        client.from("notes").order(order).execute().await.unwrap();
        let ours = Request::read(&project.arrived().unwrap()).unwrap();
        let native =
            client
                .native("notes")
                .order_with_options("name", table, ascending, nulls_first);
        client.execute(native).await.unwrap();
        let native = Request::read(&project.arrived().unwrap()).unwrap();
        assert_eq!(ours.orders, native.orders);
        assert_eq!(ours.orders.len(), 1);
    }
}
