//! Text in PostgREST's own notation never changes the meaning of the conditions beside it.

use std::collections::BTreeMap;

use scoped_runtime::{Condition, Query};

use crate::grammar::{At, Operand, Request, Tree};
use crate::hostile;
use crate::project::Project;
use crate::says::{Rows, of_tree};
use crate::wrong::Wrong;
use scoped_tests::Random;

const QUERIES: u64 = 4_000;

const OPERATORS: [&str; 14] = [
    "eq",
    "not.eq",
    "in",
    "not.in",
    "is",
    "not.is",
    "cs",
    "like(any)",
    "eq(all)",
    "fts(english)",
    "fts",
    "isdistinct",
    "ov",
    "not.ov",
];

/// Returns an operand for any of the operators: a good one, or characters of the syntax.
fn operand(random: &Random) -> String {
    let texts = [
        "(1,2)",
        "(\"a,b\",c)",
        "(\"\")",
        "()",
        "( )",
        "( \"\")",
        "(,)",
        "( \"a,b)",
        "(a\"b,c)",
        "(\"a\"b)",
        "(a)b",
        "(\"a",
        "null",
        "not_null",
        "nullx",
        "TRUE",
        "{}",
        "{a}",
        "{\"a,b\"}",
        "[]",
        "\"",
        "",
        "a)",
        ",",
        "a,b.eq.1",
    ];
    if random.percent(60) {
        return random.pick(&texts).to_owned();
    }
    let letters = hostile::letters(random, 6);
    if random.percent(50) {
        format!("({letters})")
    } else {
        letters
    }
}

/// Returns a query with raw parts.
fn query(random: &Random, query: Query, calls: &mut Vec<String>) -> (Query, Shape) {
    let last = [",", ")", "\"", "x", "\\\""];
    let last = random.pick(&last);
    if random.percent(30) {
        let text = raw_group(random);
        let any = random.percent(50);
        calls.push(format!("{}_raw({text})", if any { "or" } else { "and" }));
        let query = query.eq("first", "\"");
        let query = if any {
            query.or_raw(text)
        } else {
            query.and_raw(text)
        };
        return (query.eq("last", last), Shape::Filters(last));
    }
    let operator = random.pick(&OPERATORS);
    let operand = operand(random);
    calls.push(format!("filter({operator}, {operand:?}), {last:?}"));
    if random.percent(40) {
        let query = query.eq("first", "\"").filter("raw", operator, operand);
        return (query.eq("last", last), Shape::Filters(last));
    }
    let any = random.percent(50);
    let members = [
        Condition::eq("first", "\""),
        Condition::filter("raw", operator, operand),
        Condition::eq("last", last),
    ];
    let query = if any {
        query.or(members)
    } else {
        query.and(members)
    };
    (query, Shape::Group { any, last })
}

fn raw_group(random: &Random) -> String {
    let texts = [
        "a.eq.1",
        "a.eq.1,or(b.eq.2,c.eq.3)",
        "a.eq.1)",
        "a.eq.1),(b.eq.2",
        "a.in.( \"x)",
        "a.eq.\"x",
        "not.and(a.eq.1)",
        "id.not.in.()",
        "a.not.in.(\"\")",
        "",
        " ",
        "a.is.nullx",
        "a.in.(1)2",
        "a.eq.1,",
        "a>b.eq.1",
        "(a.eq.1)",
    ];
    if random.percent(60) {
        random.pick(&texts).to_owned()
    } else {
        format!("a.eq.{}", hostile::letters(random, 6))
    }
}

/// How the conditions are read if none of them changes another one.
enum Shape {
    /// The list `first`, one condition, `last`.
    Filters(&'static str),
    /// One group of the three.
    Group { any: bool, last: &'static str },
}

fn is_test(tree: &Tree, column: &str, value: &str) -> bool {
    let Tree::Test(field, operation) = tree else {
        return false;
    };
    field.name == column
        && (operation.negated, operation.operator) == (false, "eq")
        && operation.operand == Operand::Single(value.to_owned())
}

fn problem(request: &Request, shape: &Shape) -> Option<&'static str> {
    if !request.ignored.is_empty() {
        return Some("something is left out in silence");
    }
    let own: Vec<&Tree> = request
        .conditions
        .iter()
        .map(|At { said, .. }| said)
        .collect();
    let (three, last) = match (shape, &own[..]) {
        (Shape::Filters(last), _) => (own, last),
        (
            Shape::Group { any: meant, last },
            [
                Tree::Group {
                    negated: false,
                    any,
                    members,
                },
            ],
        ) if any == meant => (members.iter().collect(), last),
        _ => return Some("another group"),
    };
    match three[..] {
        [first, raw, end] if is_test(first, "first", "\"") && is_test(end, "last", last) => {
            let is_own = match raw {
                Tree::Test(field, _) => field.name == "raw",
                Tree::Group { .. } => matches!(shape, Shape::Filters(_)),
            };
            (!is_own).then_some("another column")
        }
        _ => Some("what stands beside it is read otherwise"),
    }
}

#[tokio::test]
async fn raw_text_changes_no_other_condition_or_the_query_is_not_sent() {
    let project = Project::start().await;
    let (mut sent, mut refused, mut wrong) = (0, 0, Wrong::default());
    for seed in 0..QUERIES {
        let mut calls = Vec::new();
        let read = project.client.from("t");
        let (query, shape) = query(&Random::new(seed), read, &mut calls);
        let outcome = query.execute().await;
        let Some(arrived) = project.arrived() else {
            refused += 1;
            assert!(outcome.is_err(), "the query was neither sent nor refused");
            continue;
        };
        sent += 1;
        // A request that the server refuses has no other meaning.
        let request = Request::read(&arrived).ok();
        if let Some(problem) = request.and_then(|request| problem(&request, &shape)) {
            wrong.note(problem, || format!("seed {seed}: {calls:?}\n{arrived}"));
        }
    }
    wrong.check();
    assert!(
        sent > 1_000 && refused > 500,
        "{sent} sent, {refused} refused"
    );
}

/// A write whose only filter is raw is sent only if that filter narrows the rows.
#[tokio::test]
async fn a_write_with_a_raw_filter_that_matches_every_row_is_not_sent() {
    let project = Project::start().await;
    let mut wrong = Wrong::default();
    let mut sent = BTreeMap::<bool, usize>::new();
    for seed in 0..QUERIES {
        let random = &Random::new(seed);
        let delete = project.client.from("t").delete();
        let (what, delete) = match random.below(4) {
            0 => {
                let group = raw_group(random);
                (format!("and_raw({group})"), delete.and_raw(group))
            }
            1 => {
                let group = raw_group(random);
                (format!("or_raw({group})"), delete.or_raw(group))
            }
            2 => {
                let (operator, operand) = (random.pick(&OPERATORS), operand(random));
                (
                    format!("not({operator}, {operand})"),
                    delete.not("raw", operator, operand),
                )
            }
            _ => {
                let (operator, operand) = (random.pick(&OPERATORS), operand(random));
                let what = format!("!filter({operator}, {operand})");
                (
                    what,
                    delete.and([!Condition::filter("raw", operator, operand)]),
                )
            }
        };
        let outcome = delete.execute().await;
        let arrived = project.arrived();
        *sent.entry(arrived.is_some()).or_default() += 1;
        let Some(arrived) = arrived else {
            assert!(outcome.is_err(), "the query was neither sent nor refused");
            continue;
        };
        if let Ok(request) = Request::read(&arrived) {
            let all = |at: &At<Tree>| of_tree(&at.said).rows() == Rows::All;
            if request.conditions.iter().all(all) || !request.ignored.is_empty() {
                wrong.note("a delete of more than it says", || {
                    format!("seed {seed}: {what}\n{arrived}")
                });
            }
        }
    }
    wrong.check();
    assert!(sent[&true] > 1_000 && sent[&false] > 500, "{sent:?}");
}
