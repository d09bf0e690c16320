//! The parts of a query beside its conditions.

use scoped_runtime::{Order, Returning};
use serde_json::{Value, json};

use super::chain::{Chain, Verb};
use super::test::Place;
use crate::grammar::{self, At, Field};
use crate::hostile;
use scoped_tests::Random;

impl Chain {
    pub(super) fn order(mut self, random: &Random) -> Self {
        let tables = if random.percent(70) {
            Vec::new()
        } else {
            tables(random)
        };
        let place = Place::random(random, &tables);
        let is_direction = ["asc", "desc", "nullsfirst", "nullslast"].contains(&&*place.name);
        assert!(!is_direction, "refused by its own test");
        let is_descending = random.percent(50);
        let column = place.column();
        let order = if is_descending {
            Order::desc(column)
        } else {
            Order::asc(column)
        };
        let nulls_first = random.pick(&[None, Some(true), Some(false)]);
        let order = match nulls_first {
            None => order,
            Some(true) => order.nulls_first(),
            Some(false) => order.nulls_last(),
        };
        let top_level = random.percent(30);
        let order = if top_level { order.top_level() } else { order };
        let relation = tables.first().filter(|_| top_level).cloned();
        if relation.is_some() {
            let indexed = |step: &grammar::Step| matches!(step.key, grammar::Key::Index(_));
            if tables.len() > 1 || place.path.iter().any(indexed) {
                self.mistakes
                    .push("an order that PostgREST has no notation for");
            }
        }
        let path = if relation.is_some() {
            Vec::new()
        } else {
            tables
        };
        let field = Field {
            name: place.name,
            path: place.path,
        };
        let order_said = grammar::Order {
            relation,
            field,
            is_descending,
            nulls_first,
        };
        match self.orders.iter_mut().find(|at| at.path == path) {
            Some(at) => at.said.push(order_said),
            None => self.orders.push(At {
                path,
                said: vec![order_said],
            }),
        }
        self.query = self.query.order(order);
        self
    }

    pub(super) fn limit(mut self, random: &Random) -> Self {
        let count = random.below(5);
        self.query = self.query.limit(count);
        self.limits.push(At {
            path: Vec::new(),
            said: count as u64,
        });
        self
    }

    pub(super) fn range(mut self, random: &Random) -> Self {
        let is_said = |known: &[At<u64>]| known.iter().any(|at| at.path.is_empty());
        if is_said(&self.limits) || is_said(&self.offsets) {
            return self;
        }
        let (low, high) = (random.below(5), random.below(5));
        if random.percent(30) {
            self.query = self.query.offset(low + 1);
            self.offsets.push(At {
                path: Vec::new(),
                said: low as u64 + 1,
            });
            return self;
        }
        self.query = self.query.range(low, high);
        let count = (high + 1).saturating_sub(low) as u64;
        self.limits.push(At {
            path: Vec::new(),
            said: count,
        });
        if low > 0 && count > 0 {
            self.offsets.push(At {
                path: Vec::new(),
                said: low as u64,
            });
        }
        self
    }

    pub(super) fn embedded_range(mut self, random: &Random) -> Self {
        let path = tables(random);
        let count = random.below(5);
        let is_limit = random.percent(50);
        let known = if is_limit {
            &mut self.limits
        } else {
            &mut self.offsets
        };
        if known.iter().any(|at| at.path == path) {
            self.mistakes.push("a limit of an embedded table, twice");
        }
        let text = path.join(".");
        known.push(At {
            path,
            said: count as u64,
        });
        self.query = if is_limit {
            self.query.embedded_limit(text, count)
        } else {
            self.query.embedded_offset(text, count)
        };
        self
    }

    pub(super) fn preference(mut self, random: &Random) -> Self {
        let known = &mut self.preferences;
        match random.below(7) {
            0 => {
                known.count = Some("exact".to_owned());
                self.query = self.query.exact_count();
            }
            1 => {
                known.count = Some("planned".to_owned());
                self.query = self.query.planned_count();
            }
            2 => {
                let returning = [
                    (Returning::Rows, "representation"),
                    (Returning::Nothing, "minimal"),
                    (Returning::Headers, "headers-only"),
                ];
                let (returning, text) = random.pick(&returning);
                known.returning = Some(text.to_owned());
                self.query = self.query.returning(returning);
            }
            3 => {
                let setting = "timezone=Europe/Berlin";
                if known.others.is_empty() {
                    known.others.push(setting.to_owned());
                }
                self.query = self.query.prefer(setting);
            }
            4 if matches!(self.verb, Verb::Update | Verb::Delete | Verb::Call) => {
                let count = random.below(4);
                known.max_affected = Some(count as u64);
                known.is_strict = true;
                self.query = self.query.max_affected(count);
            }
            5 if matches!(self.verb, Verb::Update | Verb::Delete) => {
                let count = random.below(4);
                self.expected_rows = Some(count as u64);
                self.query = self.query.expect_rows(count);
            }
            6 => {
                self.single = true;
                self.query = self.query.single();
            }
            _ => {}
        }
        self
    }

    pub(super) fn select(mut self, random: &Random) -> Self {
        let texts = [
            "*",
            "id",
            "id,author(name)",
            "a:data->>x::text,\"b c\"",
            "*,films!inner(*)",
            "stars.sum()",
        ];
        let text = random.pick(&texts);
        if self.select.is_some() {
            return self;
        }
        self.select = Some(text.to_owned());
        self.query = self.query.select(text);
        self
    }

    pub(super) fn names(mut self, random: &Random) -> Self {
        if self.verb == Verb::Upsert && random.percent(50) {
            let names = random.some(2, hostile::exact_name);
            self.query = self.query.on_conflict(&names[..]);
            self.on_conflict = Some(names);
        } else if let Some(Value::Object(row)) = &self.body {
            let mut names: Vec<String> = row.keys().cloned().collect();
            if names.is_empty() {
                return self;
            }
            names.truncate(random.between(1, 3));
            self.query = self.query.columns(&names[..]);
            self.columns = Some(names);
        }
        self
    }

    /// Calls a method with which the query must not be sent.
    pub(super) fn mistake(mut self, random: &Random) -> Self {
        let nul = format!("{}\0{}", hostile::value(random), hostile::value(random));
        let (mistake, query) = match random.below(12) {
            0 => ("NUL in a value", self.query.eq("a", &nul)),
            1 => ("NUL in a list", self.query.in_("a", ["x", &nul])),
            2 => ("NUL in a column", self.query.gt(nul, 1)),
            3 => ("a column without a name", self.query.eq("", 1)),
            4 => ("an empty part of a name", self.query.eq("a..b", 1)),
            5 => ("an unknown operator", self.query.filter("a", "equals", "1")),
            6 => ("no list", self.query.filter("a", "in", "(\"\")")),
            7 => ("no condition", self.query.or([])),
            8 => ("a second select", self.query.select("a").select("b")),
            9 => ("a second verb", self.query.delete().insert(json!({}))),
            10 => (
                "a parameter with a method",
                self.query.param("author.limit", "1"),
            ),
            _ => ("quotes in a name", self.query.order("a\"b")),
        };
        self.query = query;
        self.mistakes.push(mistake);
        self
    }
}

/// Formats a path of embedded tables as text.
pub(super) fn tables(random: &Random) -> Vec<String> {
    random.some(2, hostile::name)
}
