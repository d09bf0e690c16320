use std::collections::BTreeSet;

use scoped_runtime::{Order, Query, ScopedClient};

use super::comparison::{of_text, place, test};
use super::said;
use crate::written::{Place, Said};
use scoped_tests::Random;

/// A query on `samples`.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) conditions: Vec<Said>,
    /// A filter of the embedded table `writers`, whose rows decide which samples are returned.
    pub(super) of_writer: Option<Said>,
    pub(super) orders: Vec<(Place, bool, Option<bool>)>,
    limit: Option<usize>,
    offset: Option<usize>,
}

impl Sample {
    pub(super) fn random(random: &Random) -> Self {
        let conditions = (0..random.below(3)).map(|_| condition(random)).collect();
        let of_writer = random.percent(12).then(|| {
            let tables = vec!["writers".to_owned()];
            let place = Place {
                tables,
                name: "name".to_owned(),
                path: Vec::new(),
                exact: random.percent(50),
            };
            Said::Test(of_text(random, place))
        });
        let orders = (0..random.below(3))
            .map(|_| {
                (
                    sorted_by(random),
                    random.percent(50),
                    random.pick(&[None, Some(true), Some(false)]),
                )
            })
            .collect();
        let limit = random.percent(35).then(|| random.below(12));
        let offset = random.percent(20).then(|| random.below(6));
        Self {
            conditions,
            of_writer,
            orders,
            limit,
            offset,
        }
    }

    /// Returns the query, always with a total order.
    pub(super) fn on(&self, client: &ScopedClient) -> Query {
        let columns = if self.of_writer.is_some() {
            "id,writers!inner(name)"
        } else {
            "id"
        };
        let mut query = client.from("samples").select(columns);
        for said in &self.conditions {
            query = match said {
                Said::Test(test) => test.on(query),
                Said::Group { any: true, members } => query.or(members.iter().map(Said::condition)),
                Said::Group { members, .. } => query.and(members.iter().map(Said::condition)),
                Said::Not(_) => query.and([said.condition()]),
            };
        }
        if let Some(Said::Test(test)) = &self.of_writer {
            query = test.on(query);
        }
        for (place, is_descending, nulls_first) in &self.orders {
            let column = place.column();
            let order = if *is_descending {
                Order::desc(column)
            } else {
                Order::asc(column)
            };
            query = query.order(match nulls_first {
                None => order,
                Some(true) => order.nulls_first(),
                Some(false) => order.nulls_last(),
            });
        }
        query = query.order("id");
        if let Some(limit) = self.limit {
            query = query.limit(limit);
        }
        if let Some(offset) = self.offset {
            query = query.offset(offset);
        }
        query
    }

    /// Returns the operators in the query.
    pub(super) fn operators(&self, all: &mut BTreeSet<&'static str>) {
        let mut left: Vec<&Said> = self.conditions.iter().collect();
        while let Some(said) = left.pop() {
            match said {
                Said::Test(test) => {
                    all.insert(test.operator);
                }
                Said::Not(said) => left.push(said),
                Said::Group { members, .. } => left.extend(members),
            }
        }
    }

    /// Returns the same query in SQL.
    pub(super) fn sql(&self) -> String {
        let mut conditions: Vec<String> = self.conditions.iter().map(said::sql).collect();
        if let Some(test) = &self.of_writer {
            let of_writer = said::sql(test);
            conditions.push(format!(
                "exists (select from writers where writers.id = samples.writer and {of_writer})"
            ));
        }
        let mut orders: Vec<String> = self
            .orders
            .iter()
            .map(|(place, is_descending, nulls_first)| {
                let direction = if *is_descending { "desc" } else { "asc" };
                let nulls = match nulls_first {
                    None => "",
                    Some(true) => " nulls first",
                    Some(false) => " nulls last",
                };
                format!("{} {direction}{nulls}", said::column(place))
            })
            .collect();
        orders.push("samples.id".to_owned());
        let all = if conditions.is_empty() {
            "true".to_owned()
        } else {
            conditions.join(" and ")
        };
        let limit = self
            .limit
            .map(|limit| format!(" limit {limit}"))
            .unwrap_or_default();
        // With a limit of 0, SQL returns no row for any offset.
        let offset = self
            .offset
            .map(|offset| format!(" offset {offset}"))
            .unwrap_or_default();
        format!(
            "select samples.id from samples where {all} order by {}{limit}{offset}",
            orders.join(", ")
        )
    }
}

fn sorted_by(random: &Random) -> Place {
    match random.below(8) {
        0..=2 => place("name", &[], false),
        3 => place("stars", &[], false),
        4 => place("limit", &[], false),
        5 => place("a.b", &[], true),
        6 => place("data", &[("n", false)], false),
        _ => place("data", &[("display name", true)], false),
    }
}

fn condition(random: &Random) -> Said {
    match random.below(10) {
        0 => Said::Not(Box::new(group(random, 1))),
        1..=3 => group(random, 2),
        _ => Said::Test(test(random)),
    }
}

fn group(random: &Random, depth: usize) -> Said {
    let any = random.percent(60);
    let members = random.some(3, |random| match random.below(6) {
        0 if depth > 0 => group(random, depth - 1),
        1 => Said::Not(Box::new(Said::Test(test(random)))),
        _ => Said::Test(test(random)),
    });
    Said::Group { any, members }
}
