use scoped_runtime::{Order, Query, Returning, ScopedClient};
use serde_json::{Value, json};

use super::condition::{Said, value};
use super::test::{Place, Test};
use crate::grammar::{self, At, Field, Preferences};
use crate::hostile;
use crate::random::Random;
use crate::says::{Meaning, of_said};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Read,
    Insert,
    Upsert,
    Update,
    Delete,
    Call,
    CallByGet,
}

/// A query, and everything that was said when it was written.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) query: Query,
    pub(crate) verb: Verb,
    pub(crate) target: String,
    pub(crate) select: Option<String>,
    pub(crate) conditions: Vec<(Vec<String>, Said)>,
    pub(crate) orders: Vec<At<Vec<grammar::Order>>>,
    pub(crate) limits: Vec<At<u64>>,
    pub(crate) offsets: Vec<At<u64>>,
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) on_conflict: Option<Vec<String>>,
    pub(crate) all_rows: bool,
    pub(crate) single: bool,
    pub(crate) preferences: Preferences,
    pub(crate) body: Option<Value>,
    /// Why it must not be sent.
    pub(crate) mistakes: Vec<&'static str>,
}

impl Chain {
    /// A chain of methods that mean something together, unless it says otherwise itself.
    pub(crate) fn random(random: &mut Random, client: &ScopedClient) -> Self {
        let verb = random.pick(&[
            Verb::Read,
            Verb::Read,
            Verb::Read,
            Verb::Insert,
            Verb::Upsert,
            Verb::Update,
            Verb::Delete,
            Verb::Delete,
            Verb::Call,
            Verb::CallByGet,
        ]);
        let mut chain = Self::start(random, client, verb);
        for _ in 0..random.below(7) {
            chain = chain.step(random);
        }
        if random.percent(12) {
            chain = chain.mistake(random);
        }
        chain
    }

    fn start(random: &mut Random, client: &ScopedClient, verb: Verb) -> Self {
        let name = loop {
            let name = hostile::exact_name(random);
            // No path of a URL: refused by its own tests.
            if name != "." && !name.contains(['/', '\\', '\n']) {
                break name;
            }
        };
        let is_call = matches!(verb, Verb::Call | Verb::CallByGet);
        let mut mistakes = Vec::new();
        let arguments = arguments(random, verb, &mut mistakes);
        let body = match verb {
            Verb::Read | Verb::Delete => None,
            Verb::Insert | Verb::Upsert if random.percent(40) => Some(json!([row(random), {}])),
            Verb::Insert | Verb::Upsert | Verb::Update => Some(row(random)),
            Verb::Call | Verb::CallByGet => Some(arguments),
        };
        let query = if is_call {
            client.rpc(&name, &body)
        } else {
            client.from(&name)
        };
        let query = match verb {
            Verb::Read | Verb::Call => query,
            Verb::Insert => query.insert(&body),
            Verb::Upsert => query.upsert(&body),
            Verb::Update => query.update(&body),
            Verb::Delete => query.delete(),
            Verb::CallByGet => query.by_get(),
        };
        let mut preferences = Preferences::default();
        if matches!(
            verb,
            Verb::Insert | Verb::Upsert | Verb::Update | Verb::Delete
        ) {
            preferences.returning = Some("representation".to_owned());
        }
        let mut columns = None;
        if let Some(Value::Array(rows)) = &body {
            preferences.missing = Some("default".to_owned());
            let keys: Vec<String> = rows[0].as_object().unwrap().keys().cloned().collect();
            if verb == Verb::Upsert && !keys.is_empty() {
                mistakes.push("an upsert of rows that differ in their columns");
            }
            columns = (!keys.is_empty()).then_some(keys);
        }
        if verb == Verb::Upsert {
            preferences.resolution = Some("merge-duplicates".to_owned());
        }
        Self {
            query,
            verb,
            target: if is_call { format!("rpc/{name}") } else { name },
            select: None,
            conditions: Vec::new(),
            orders: Vec::new(),
            limits: Vec::new(),
            offsets: Vec::new(),
            columns,
            on_conflict: None,
            all_rows: false,
            single: false,
            preferences,
            body,
            mistakes,
        }
    }

    pub(crate) fn is_change(&self) -> bool {
        matches!(self.verb, Verb::Update | Verb::Delete)
    }

    fn is_insert(&self) -> bool {
        matches!(self.verb, Verb::Insert | Verb::Upsert)
    }

    /// One more method.
    fn step(self, random: &mut Random) -> Self {
        match random.below(12) {
            0..=3 if !self.is_insert() => {
                let tables = self.filter_tables(random);
                let said = Said::Test(Test::random(random, &tables));
                self.filter(said)
            }
            4 | 5 if !self.is_insert() => self.group(random),
            6 => self.order(random),
            7 if !self.is_change() && !self.is_insert() => self.range(random),
            7 if self.is_change() && self.limits.iter().all(|at| !at.path.is_empty()) => {
                self.limit(random)
            }
            8 => self.embedded_range(random),
            9 => self.preference(random),
            10 => self.select(random),
            11 if self.is_insert() => self.names(random),
            _ => self,
        }
    }

    /// The embedded tables that a filter may be about.
    fn filter_tables(&self, random: &mut Random) -> Vec<String> {
        // A write has filters of its own table only.
        if self.is_change() || random.percent(75) {
            Vec::new()
        } else {
            tables(random)
        }
    }

    fn filter(mut self, said: Said) -> Self {
        let Said::Test(test) = &said else {
            panic!("a filter is one comparison")
        };
        self.query = test.on(self.query);
        let tables = test.place.tables.clone();
        self.note((tables, said))
    }

    /// Keeps a condition. What holds for no row is sent as a group, too.
    fn note(mut self, (tables, said): (Vec<String>, Said)) -> Self {
        let is_group = match of_said(&said) {
            Meaning::Constant(holds) => !holds,
            _ => matches!(said, Said::Group { .. }),
        };
        if is_group && tables.iter().any(|table| table == "not") {
            self.mistakes.push("a group on a table that is named `not`");
        }
        self.conditions.push((tables, said));
        self
    }

    fn group(mut self, random: &mut Random) -> Self {
        let tables = self.filter_tables(random);
        let any = random.percent(50);
        let members = random.some(3, |random| Said::random(random, &tables, 2));
        let conditions = members.iter().map(Said::condition);
        self.query = if any {
            self.query.or(conditions)
        } else {
            self.query.and(conditions)
        };
        self.note((tables, Said::Group { any, members }))
    }

    fn order(mut self, random: &mut Random) -> Self {
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

    fn limit(mut self, random: &mut Random) -> Self {
        let count = random.below(5);
        self.query = self.query.limit(count);
        self.limits.push(At {
            path: Vec::new(),
            said: count as u64,
        });
        self
    }

    fn range(mut self, random: &mut Random) -> Self {
        let is_said = |known: &[At<u64>]| known.iter().any(|at| at.path.is_empty());
        if is_said(&self.limits) || is_said(&self.offsets) {
            return self;
        }
        let (low, high) = (random.below(5), random.below(5));
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

    fn embedded_range(mut self, random: &mut Random) -> Self {
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

    fn preference(mut self, random: &mut Random) -> Self {
        let known = &mut self.preferences;
        match random.below(6) {
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
            5 => {
                self.single = true;
                self.query = self.query.single();
            }
            _ => {}
        }
        self
    }

    fn select(mut self, random: &mut Random) -> Self {
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

    fn names(mut self, random: &mut Random) -> Self {
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

    /// Something that must not be sent.
    fn mistake(mut self, random: &mut Random) -> Self {
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

/// A path of embedded tables, written as text.
fn tables(random: &mut Random) -> Vec<String> {
    random.some(2, hostile::name)
}

fn row(random: &mut Random) -> Value {
    let count = random.below(4);
    let member = |_| (hostile::exact_name(random), value(random, 1));
    Value::Object((0..count).map(member).collect())
}

/// The arguments of a function. In a URL they are single values whose names are no parameters.
fn arguments(random: &mut Random, verb: Verb, mistakes: &mut Vec<&'static str>) -> Value {
    if verb != Verb::CallByGet {
        return row(random);
    }
    let count = random.below(3);
    let mut arguments = serde_json::Map::new();
    for _ in 0..count {
        let (name, value) = (hostile::exact_name(random), hostile::value(random));
        if arguments.contains_key(&name) {
            continue;
        }
        if hostile::RESERVED.contains(&&*name) {
            mistakes.push("an argument with a parameter's name");
        }
        if value.starts_with("eq.") || value.starts_with("not.") {
            mistakes.push("an argument that reads as a filter");
        }
        arguments.insert(name, Value::String(value));
    }
    Value::Object(arguments)
}
