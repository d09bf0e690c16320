//! A request has the meaning that its `Query` was written with, or it is not sent.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::grammar::{At, Refused, Request};
use crate::project::Project;
use crate::says::{Rows, of_said, same_conditions};
use crate::written::{Chain, Said, Sending, Verb};
use crate::wrong::Wrong;
use scoped_tests::Random;

/// The number of random queries.
const CHAINS: u64 = 6_000;

#[tokio::test]
async fn a_query_arrives_with_the_meaning_it_was_written_with_or_is_not_sent() {
    let project = Project::start().await;
    let mut sent = BTreeMap::<String, usize>::new();
    let mut refused = 0;
    let mut wrong = Wrong::default();
    for seed in 0..CHAINS {
        let mut chain = Chain::random(&Random::new(seed), &project.client);
        chain.note_mistakes();
        let outcome = chain.send().await;
        let Some(arrived) = project.arrived() else {
            refused += 1;
            let error = outcome.expect_err("nothing was sent, and no error said so");
            if chain.mistakes.is_empty() {
                let error = error.to_string();
                let problem = error.split('`').next().unwrap_or_default();
                wrong.note(problem, || format!("seed {seed}: {chain:?}\n{error}"));
            }
            continue;
        };
        *sent.entry(arrived.method.clone()).or_default() += 1;
        let problem = match Request::read(&arrived) {
            _ if !chain.mistakes.is_empty() => Some(chain.mistakes[0].to_owned()),
            Ok(request) => chain.difference(&request).map(str::to_owned),
            Err(Refused(_)) => Some("the server would refuse it".to_owned()),
        };
        if let Some(problem) = problem {
            wrong.note(&problem, || format!("seed {seed}: {chain:?}\n{arrived}"));
        }
    }
    wrong.check();
    // Most queries have to be sent, and by every method; otherwise the test would show little.
    assert!(
        sent.values().sum::<usize>() > 3_000 && refused > 500,
        "{sent:?}, {refused} refused"
    );
    for method in ["GET", "HEAD", "POST", "PATCH", "DELETE"] {
        assert!(sent[method] > 150, "{sent:?}");
    }
}

impl Chain {
    /// Records the mistakes that only the whole query makes visible.
    fn note_mistakes(&mut self) {
        let own = || {
            self.conditions
                .iter()
                .filter(|(tables, _)| tables.is_empty())
        };
        let fits_all = own().all(|(_, said)| of_said(said).rows() == Rows::All);
        if self.is_change() && fits_all && !self.all_rows {
            self.mistakes.push("a write without a filter");
        }
        if self.all_rows && !fits_all {
            self.mistakes.push("a filter, and all rows");
        }
        let limit = self.limits.iter().find(|at| at.path.is_empty());
        let limit = limit.map(|at| at.said).filter(|_| self.is_change());
        let allowed = [limit, self.preferences.max_affected]
            .into_iter()
            .flatten()
            .min();
        if let (Some(expected), Some(allowed)) = (self.expected_rows, allowed)
            && expected > allowed
        {
            self.mistakes.push("more rows are expected than allowed");
        }
        if self.sending == Sending::Count && self.is_write() {
            self.mistakes.push("a count of a write");
        }
    }

    /// Returns a difference between the request and the query.
    fn difference(&self, request: &Request) -> Option<&'static str> {
        let is_get_call = self.verb == Verb::CallByGet;
        let arguments = self.body.as_ref().filter(|_| is_get_call).map(|body| {
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let arguments = body.as_object().unwrap().iter();
            arguments
                .map(|(name, value)| (name.clone(), text(value)))
                .collect::<Vec<_>>()
        });
        let method = match self.verb {
            Verb::Read | Verb::CallByGet => "GET",
            Verb::Insert | Verb::Upsert | Verb::Call => "POST",
            Verb::Update => "PATCH",
            Verb::Delete => "DELETE",
        };
        let method = if self.sending == Sending::Count {
            "HEAD"
        } else {
            method
        };
        let is_object = match self.sending {
            Sending::One => true,
            // `fetch_one` asks for a list of at most two rows, which shows whether there is more than one.
            Sending::Optional => self.verb != Verb::Read,
            _ => self.single,
        };
        let accept = match self.sending {
            Sending::Csv => "text/csv",
            _ if is_object => "application/vnd.pgrst.object+json",
            _ => "application/json",
        };
        let mut limits = self.limits.clone();
        if self.sending == Sending::Optional && self.verb == Verb::Read {
            match limits.iter_mut().find(|at| at.path.is_empty()) {
                Some(limit) => limit.said = limit.said.min(2),
                None => limits.push(At {
                    path: Vec::new(),
                    said: 2,
                }),
            }
        }
        let mut preferences = self.preferences.clone();
        if matches!(self.sending, Sending::Page | Sending::Count) || self.expected_rows.is_some() {
            preferences.count.get_or_insert_with(|| "exact".to_owned());
        }
        if self.is_change() {
            // The server enforces the limit of a write with a refusal.
            let limit = limits
                .iter()
                .find(|at| at.path.is_empty())
                .map(|at| at.said);
            let all = [limit, preferences.max_affected, self.expected_rows];
            preferences.max_affected = all.into_iter().flatten().min();
            preferences.is_strict |= preferences.max_affected.is_some();
        }
        let sorted = |all: &[At<u64>]| {
            let mut all: Vec<_> = all.iter().map(|at| (at.path.clone(), at.said)).collect();
            all.sort();
            all
        };
        let same_orders = self.orders.len() == request.orders.len()
            && self
                .orders
                .iter()
                .all(|order| request.orders.contains(order));
        [
            (
                request.ignored.is_empty(),
                "something is left out in silence",
            ),
            (request.method == method, "another method"),
            (request.target == self.target, "another table or function"),
            (request.select == self.select, "another select"),
            (
                same_conditions(&request.conditions, &self.conditions),
                "other conditions",
            ),
            (same_orders, "another order"),
            (sorted(&request.limits) == sorted(&limits), "another limit"),
            (
                sorted(&request.offsets) == sorted(&self.offsets),
                "another offset",
            ),
            (request.columns == self.columns, "other columns"),
            (
                request.on_conflict == self.on_conflict,
                "other columns of a conflict",
            ),
            (
                request.arguments == arguments.unwrap_or_default(),
                "other arguments",
            ),
            (request.preferences == preferences, "other preferences"),
            (request.accept == accept, "another form of the answer"),
            (
                request.body == self.body.clone().filter(|_| !is_get_call),
                "another body",
            ),
            (request.profile.as_deref() == self.schema, "another schema"),
        ]
        .into_iter()
        .find_map(|(holds, problem)| (!holds).then_some(problem))
    }
}

#[test]
fn the_comparison_tells_different_conditions_apart() {
    let said = |seed| Said::random(&Random::new(seed), &[], 2);
    let own = |said| vec![(Vec::new(), said)];
    let mut differ = 0;
    for seed in 0..500 {
        let arrived = read_back(&said(seed));
        if let Some(arrived) = arrived {
            assert!(
                same_conditions(&arrived, &own(said(seed))),
                "{:#?}",
                said(seed)
            );
            differ += usize::from(!same_conditions(&arrived, &own(said(seed + 1))));
        }
    }
    assert!(differ > 350, "{differ}");
}

/// Returns what the model reads in the text of a condition.
fn read_back(said: &Said) -> Option<Vec<At<crate::grammar::Tree>>> {
    let text = said.condition().to_string();
    let query = format!("and=({})", percent(&text));
    let arrived = crate::project::Arrived {
        method: "GET".to_owned(),
        path: "/rest/v1/t".to_owned(),
        query,
        ..crate::project::Arrived::default()
    };
    Request::read(&arrived)
        .ok()
        .map(|request| request.conditions)
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}
