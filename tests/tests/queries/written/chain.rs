use scoped_runtime::{Error, Query, ScopedClient};
use serde_json::Value;

use super::condition::Said;
use super::step::tables;
use super::test::{Form, Test};
use crate::grammar::{self, At, Preferences};
use crate::says::{Meaning, of_said};
use scoped_tests::Random;

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

/// How a query is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    Execute,
    One,
    Optional,
    Page,
    Count,
    Csv,
}

/// A query with a record of the methods that were called on it.
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
    pub(crate) expected_rows: Option<u64>,
    pub(crate) schema: Option<&'static str>,
    pub(crate) sending: Sending,
    pub(crate) single: bool,
    pub(crate) preferences: Preferences,
    pub(crate) body: Option<Value>,
    /// The reasons why it must not be sent.
    pub(crate) mistakes: Vec<&'static str>,
}

impl Chain {
    /// A random chain of methods that fit together, except where it records a mistake.
    pub(crate) fn random(random: &Random, client: &ScopedClient) -> Self {
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
        if chain.is_change() && random.percent(15) {
            chain.query = chain.query.all_rows();
            chain.all_rows = true;
        }
        if random.percent(12) {
            chain = chain.mistake(random);
        }
        chain.sending = match random.below(10) {
            0 => Sending::One,
            1 => Sending::Optional,
            2 => Sending::Page,
            // The count of a function call has its arguments in the URL.
            3 if chain.verb != Verb::Call => Sending::Count,
            4 => Sending::Csv,
            _ => Sending::Execute,
        };
        chain
    }

    /// Sends the query. The result of the response does not matter.
    pub(crate) async fn send(&self) -> Result<(), Error> {
        let query = self.query.clone();
        match self.sending {
            Sending::Execute => query.execute().await.map(drop),
            Sending::One => query.fetch_one::<Value>().await.map(drop),
            Sending::Optional => query.fetch_optional::<Value>().await.map(drop),
            Sending::Page => query.fetch_page::<Value>().await.map(drop),
            Sending::Count => query.count().await.map(drop),
            Sending::Csv => query.csv().await.map(drop),
        }
    }

    /// Whether the query changes rows of a table.
    pub(crate) fn is_write(&self) -> bool {
        self.is_change() || self.is_insert()
    }

    pub(crate) fn is_change(&self) -> bool {
        matches!(self.verb, Verb::Update | Verb::Delete)
    }

    pub(super) fn is_insert(&self) -> bool {
        matches!(self.verb, Verb::Insert | Verb::Upsert)
    }

    /// Calls one more method.
    fn step(self, random: &Random) -> Self {
        match random.below(12) {
            0..=3 if !self.is_insert() => {
                let tables = self.filter_tables(random);
                let said = Said::Test(Test::random(random, &tables));
                self.filter(said)
            }
            4 | 5 if !self.is_insert() => self.group(random),
            6 => self.order(random),
            7 if !self.is_write() => self.range(random),
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

    /// Returns the path of the embedded table for a filter.
    fn filter_tables(&self, random: &Random) -> Vec<String> {
        // A write may only have filters on its own table.
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

    /// Records a condition. A condition that no row matches is sent as a group as well.
    fn note(mut self, (tables, said): (Vec<String>, Said)) -> Self {
        let is_group = match &said {
            Said::Test(test) if test.form != Form::Method => false,
            Said::Test(_) => matches!(of_said(&said), Meaning::Constant(false)),
            _ => !matches!(of_said(&said), Meaning::Constant(true)),
        };
        if is_group && tables.iter().any(|table| table == "not") {
            self.mistakes.push("a group on a table that is named `not`");
        }
        self.conditions.push((tables, said));
        self
    }

    fn group(mut self, random: &Random) -> Self {
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
}
