//! A client sends a native `postgrest` builder only if the server ignores no part of the request, and a
//! write only if its filters and its limit bound the rows.

use std::collections::BTreeMap;

use postgrest::Builder;

use crate::grammar::{At, Request, Tree};
use crate::hostile;
use crate::project::Project;
use crate::says::{Rows, of_tree};
use crate::wrong::Wrong;
use scoped_tests::Random;

const BUILDERS: u64 = 4_000;

/// A builder with a record of the methods that were called on it.
struct Native {
    builder: Builder,
    /// The calls in readable form.
    calls: Vec<String>,
    /// The column of each filter; `None` for a group.
    columns: Vec<Option<String>>,
    /// The limit in the URL and the one of the builder. The last one is used.
    limits: [Option<u64>; 2],
    offset: u64,
}

impl Native {
    fn random(random: &Random, project: &Project) -> Self {
        let mut native = Self {
            builder: project.client.native("t"),
            calls: Vec::new(),
            columns: Vec::new(),
            limits: [None; 2],
            offset: 0,
        };
        if random.percent(20) {
            native = native.with_parameters(random, project);
        }
        // The verb is called first, because it sets a header that `exact_count` changes.
        let verb = random.below(4);
        native = native.call(verb_name(verb), |builder| match verb {
            0 => builder,
            1 => builder.update(r#"{"a":1}"#),
            _ => builder.delete(),
        });
        for _ in 0..random.below(4) {
            native = native.step(random);
        }
        native
    }

    /// A table whose name contains parameters, as a handwritten URL does.
    fn with_parameters(mut self, random: &Random, project: &Project) -> Self {
        let parameters = [
            "id",
            "id=",
            "id=eq.1",
            "id=eq.1;limit",
            "limit=1",
            "limit=x",
            "id=eq.1&limit=2",
            "select=a&select=b",
            "a%3Eb=eq.1",
            "apikey=eq.1",
            "not.and=(id.eq.1)",
            "id=eq.1&offset=0",
            "order=id",
        ];
        let parameters = random.pick(&parameters);
        self.builder = postgrest::Postgrest::new(format!("{}/rest/v1", project.url))
            .from(format!("t?{parameters}"));
        self.calls.push(format!("from(t?{parameters})"));
        for part in parameters.split(['&', ';']) {
            match part.split_once('=') {
                Some(("limit", count)) => self.limits[0] = count.parse().ok(),
                Some(("not.and", _)) => self.columns.push(None),
                Some((key, value)) if value.contains("eq.") || value.is_empty() => {
                    self.columns.push(Some(key.replace("%3E", ">")));
                }
                Some(_) => {}
                // A parameter without a value is kept as a filter.
                None => self.columns.push(Some(part.to_owned())),
            }
        }
        self
    }

    fn limit(&self) -> Option<u64> {
        self.limits.into_iter().flatten().min()
    }

    fn call(mut self, what: impl Into<String>, call: impl FnOnce(Builder) -> Builder) -> Self {
        self.calls.push(what.into());
        self.builder = call(self.builder);
        self
    }

    fn step(mut self, random: &Random) -> Self {
        let column = if random.percent(80) {
            hostile::name(random)
        } else {
            hostile::exact_name(random)
        };
        let value = hostile::value(random);
        match random.below(9) {
            0 => {
                let count = random.between(1, 4);
                self.limits[1] = Some(count as u64);
                self.offset = 0;
                return self.call(format!("limit({count})"), |builder| builder.limit(count));
            }
            1 => {
                let (low, high) = (random.below(4), random.below(4));
                self.limits[1] = Some((high + 1).saturating_sub(low) as u64);

                self.offset = if high < low { 0 } else { low as u64 };
                return self.call(format!("range({low}, {high})"), |builder| {
                    builder.range(low, high)
                });
            }
            2 => {
                let group = group(random);
                self.columns.push(None);
                let any = random.percent(50);
                let what = format!("{}({group})", if any { "or" } else { "and" });
                return self.call(what, |builder| {
                    if any {
                        builder.or(group)
                    } else {
                        builder.and(group)
                    }
                });
            }
            3 => {
                let values = random.some(2, hostile::value);
                self.columns.push(Some(column.clone()));
                return self.call(format!("in_({column}, {values:?})"), |builder| {
                    builder.in_(column, values)
                });
            }
            4 => {
                let operator = random.pick(&["eq", "in", "is", "cs", "ov", "fts", "any", "not.eq"]);
                let value = if operator == "in" {
                    format!("({value})")
                } else {
                    value
                };
                self.columns.push(Some(column.clone()));
                let what = format!("not({operator}, {column}, {value})");
                return self.call(what, |builder| builder.not(operator, column, value));
            }
            _ => {}
        }
        self.columns.push(Some(column.clone()));
        let which = random.below(8);
        self.call(
            format!("filter {which} ({column}, {value:?})"),
            |builder| match which {
                0 => builder.neq(column, value),
                1 => builder.like(column, value),
                2 => builder.is(
                    column,
                    if value.is_empty() {
                        "nullx".to_owned()
                    } else {
                        value
                    },
                ),
                3 => builder.cs(column, value),
                4 => builder.sl(column, (1, 2)),
                5 => builder.fts(column, value, Some("english")),
                _ => builder.eq(column, value),
            },
        )
    }
}

fn verb_name(verb: usize) -> &'static str {
    match verb {
        0 => "select()",
        1 => "update()",
        _ => "delete()",
    }
}

/// Returns the text of a group: a good one, one with a trap, or characters of the syntax.
fn group(random: &Random) -> String {
    let texts = [
        "a.eq.1",
        "a.eq.1,b.is.null",
        "a.eq.\"x,y)\",or(b.eq.1,c.not.in.(1,2))",
        "a.cs.{1,2}",
        "not.and(a.eq.1)",
        "id.not.in.()",
        "id.not.in.(\"\")",
        "a.eq.1,id.not.in.( )",
        "not.or(id.in.())",
        "a.eq.1),(b.eq.2",
        "a.eq.x)y,b.eq.2",
        "a.in.( \"x,b)",
        "a.in.(1)2",
        "a.is.nullx",
        "",
        "a.fts(english).x",
        "tags.not.ov.{}",
        "a>b.eq.1",
        "m².eq.1",
    ];
    if random.percent(75) {
        return random.pick(&texts).to_owned();
    }
    format!("a.eq.{}", hostile::letters(random, 6))
}

/// Returns a difference between the request and the builder.
fn difference(native: &Native, request: &Request) -> Option<String> {
    if let Some(ignored) = request.ignored.first() {
        return Some(format!("left out in silence: {ignored}"));
    }
    says_otherwise(native, request).map(str::to_owned)
}

fn says_otherwise(native: &Native, request: &Request) -> Option<&'static str> {
    let conditions = &request.conditions;
    let is_change = request.method != "GET";
    if conditions.len() != native.columns.len() {
        return Some("another number of conditions");
    }
    let same = conditions
        .iter()
        .zip(&native.columns)
        .all(|(At { path, said }, column)| {
            let Tree::Test(field, _) = said else {
                return column.is_none();
            };
            // A column with a syntax of its own is not compared by its name.
            let is_plain =
                |column: &&String| !column.contains(['.', '"']) && !column.contains("->");
            column
                .as_ref()
                .filter(is_plain)
                .is_none_or(|column| path.is_empty() && field.name == *column)
        });
    if !same {
        return Some("another column");
    }
    if !is_change {
        let own = |all: &[At<u64>]| all.iter().find(|at| at.path.is_empty()).map(|at| at.said);
        let same = own(&request.limits) == native.limit()
            && own(&request.offsets).unwrap_or(0) == native.offset;
        return (!same).then_some("other rows of those that match");
    }
    if conditions
        .iter()
        .all(|at| of_tree(&at.said).rows() == Rows::All)
    {
        return Some("a write of every row");
    }
    if native
        .limit()
        .is_some_and(|limit| request.most_rows().is_none_or(|most| most > limit))
    {
        return Some("a write of more rows than its limit");
    }
    None
}

#[tokio::test]
async fn a_native_write_never_touches_more_rows_than_its_filters_allow() {
    let project = Project::start().await;
    let mut sent = BTreeMap::<String, usize>::new();
    let (mut refused, mut wrong) = (0, Wrong::default());
    for seed in 0..BUILDERS {
        let native = Native::random(&Random::new(seed), &project);
        let outcome = project.client.execute(native.builder.clone()).await;
        let Some(arrived) = project.arrived() else {
            refused += 1;
            assert!(outcome.is_err(), "the builder was neither sent nor refused");
            continue;
        };
        *sent.entry(arrived.method.clone()).or_default() += 1;
        // A request that the server refuses affects no row.
        let request = Request::read(&arrived).ok();
        if let Some(problem) = request.and_then(|request| difference(&native, &request)) {
            wrong.note(&problem, || {
                format!("seed {seed}: {:?}\n{arrived}", native.calls)
            });
        }
    }
    wrong.check();
    assert!(refused > 500, "{refused} refused, {sent:?} sent");
    for method in ["GET", "PATCH", "DELETE"] {
        assert!(sent[method] > 200, "{sent:?}");
    }
}
