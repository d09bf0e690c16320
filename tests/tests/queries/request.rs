//! A request to a table by method, path and parameters is refused for the same reasons as a `Query`.

use std::collections::BTreeMap;

use crate::grammar::{At, Request, Tree};
use crate::hostile;
use crate::project::Project;
use crate::says::{Rows, of_tree};
use crate::wrong::Wrong;
use scoped_tests::Random;

const REQUESTS: u64 = 4_000;

/// Returns the name and the value of a parameter.
fn parameter(random: &Random) -> (String, String) {
    let known = [
        ("limit", "2"),
        ("limit", "eq.2"),
        ("limit", "-1"),
        ("offset", "0"),
        ("offset", "3"),
        ("order", "id.desc"),
        ("select", "id"),
        ("select", "eq.1"),
        ("columns", "id"),
        ("and", "(id.eq.1)"),
        ("or", "(id.not.in.())"),
        ("or", "(id.eq.1)x,y)"),
        ("not.and", "(id.is.null)"),
        ("author.or", "(id.eq.1)"),
        ("author.name", "eq.x"),
        ("author.limit", "eq.1"),
        ("id", "not.in.()"),
        ("id", "in.(1,2)"),
        ("id", "in.(1)2"),
        ("id", "is.nullx"),
        ("apikey", "eq.x"),
    ];
    if random.percent(60) {
        let (name, value) = random.pick(&known);
        return (name.to_owned(), value.to_owned());
    }
    let operators = [
        "eq.",
        "neq.",
        "like(any).",
        "in.",
        "is.",
        "cs.",
        "not.eq.",
        "",
    ];
    let operator = random.pick(&operators);
    (
        hostile::exact_name(random),
        format!("{operator}{}", hostile::value(random)),
    )
}

#[tokio::test]
async fn a_request_to_a_table_never_touches_more_rows_than_its_filters_allow() {
    let project = Project::start().await;
    let mut sent = BTreeMap::<String, usize>::new();
    let (mut refused, mut wrong) = (0, Wrong::default());
    for seed in 0..REQUESTS {
        let random = &Random::new(seed);
        let method = random.pick(&["GET", "PATCH", "DELETE", "POST", "HEAD"]);
        let parameters = random.some(3, parameter);
        let mut request = project.client.request(method, "rest/v1/t");
        for (name, value) in &parameters {
            request = request.query(name, value);
        }
        let outcome = request.execute().await;
        let Some(arrived) = project.arrived() else {
            refused += 1;
            assert!(outcome.is_err(), "the request was neither sent nor refused");
            continue;
        };
        *sent.entry(arrived.method.clone()).or_default() += 1;
        // A request that the server refuses affects no row.
        if let Ok(request) = Request::read(&arrived)
            && let Some(problem) = problem(&request)
        {
            wrong.note(&problem, || {
                format!("seed {seed}: {parameters:?}\n{arrived}")
            });
        }
    }
    wrong.check();
    assert!(
        refused > 1_000 && sent.values().all(|count| *count > 20),
        "{refused} refused, {sent:?}"
    );
}

fn problem(request: &Request) -> Option<String> {
    if let Some(ignored) = request.ignored.first() {
        return Some(format!("left out in silence: {ignored}"));
    }
    let is_change = matches!(&*request.method, "PATCH" | "DELETE");
    let all = |at: &At<Tree>| of_tree(&at.said).rows() == Rows::All;
    if is_change && request.conditions.iter().all(all) {
        return Some("a write of every row".to_owned());
    }
    let limit = request.limits.iter().find(|at| at.path.is_empty());
    let exceeds = |limit: &At<u64>| request.most_rows().is_none_or(|most| most > limit.said);
    (is_change && limit.is_some_and(exceeds))
        .then(|| "a write of more rows than its limit".to_owned())
}
