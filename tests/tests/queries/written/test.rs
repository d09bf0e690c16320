use std::ops::Bound;

use scoped_runtime::{Column, Condition, Is, Query, all, any, json};
use serde_json::Value;

use crate::grammar::{Key, Step};
use crate::hostile;
use scoped_tests::Random;

/// A column with its embedded tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The embedded tables, the outermost first.
    pub(crate) tables: Vec<String>,
    pub(crate) name: String,
    pub(crate) path: Vec<Step>,
    /// Whether the column is named by `Column::exact` instead of text.
    pub(crate) exact: bool,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    pub(crate) place: Place,
    pub(crate) negated: bool,
    pub(crate) operator: &'static str,
    pub(crate) modifier: Option<&'static str>,
    pub(crate) operand: Operand,
    pub(crate) form: Form,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Text(String),
    Among(Vec<String>),
    Is(Is),
    Array(Vec<String>),
    Range(Bounds),
    Json(Value),
    /// A text for a search without wildcards.
    Literal(String),
}

pub(crate) type Bounds = (Bound<String>, Bound<String>);

/// How a comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Method,
    /// `filter(column, "not.eq", operand)`
    Filter,
    /// `not(column, "eq", operand)`
    Not,
}

impl Place {
    /// Returns a column of the table at this path.
    pub(crate) fn random(random: &Random, tables: &[String]) -> Self {
        let exact = random.percent(30);
        let name = if exact {
            hostile::exact_name(random)
        } else {
            hostile::name(random)
        };
        let mut path = Vec::new();
        while random.percent(15) {
            let as_text = random.percent(50);
            let key = match random.below(3) {
                0 if !exact => Key::Index(random.pick(&["0", "-1", "12"]).to_owned()),
                _ if exact => Key::Name(hostile::exact_name(random)),
                _ => Key::Name(hostile::name(random)),
            };
            // In text a number is an index.
            let is_number = matches!(&key, Key::Name(name) if name == "0");
            if exact || !is_number {
                path.push(Step { as_text, key });
            }
        }
        Self {
            tables: tables.to_vec(),
            name,
            path,
            exact,
        }
    }

    pub(crate) fn column(&self) -> Column<'static> {
        if self.exact {
            let column = self
                .tables
                .iter()
                .rev()
                .fold(Column::exact(&self.name), |it, table| it.of(table));
            return self
                .path
                .iter()
                .fold(column, |column, step| match &step.key {
                    Key::Name(name) | Key::Index(name) if step.as_text => column.get_text(name),
                    Key::Name(name) | Key::Index(name) => column.get(name),
                });
        }
        let mut text = String::new();
        for table in &self.tables {
            text.extend([table, "."]);
        }
        text.push_str(&self.name);
        for step in &self.path {
            let (Key::Name(key) | Key::Index(key)) = &step.key;
            text.extend([if step.as_text { "->>" } else { "->" }, key]);
        }
        Column::from(text)
    }
}

/// Calls the method for a comparison, for `Query` and `Condition` alike: `$say!(method, arguments)`.
macro_rules! say_test {
    ($test:expr, $say:ident) => {
        match (&$test.operand, $test.operator, $test.modifier) {
            (Operand::Text(value), operator, configuration) => {
                match (operator, value.parse::<i64>()) {
                    ("eq", Ok(number)) if number.to_string() == *value => $say!(eq, number),
                    ("eq", _) if value == "true" => $say!(eq, true),
                    ("eq", _) => $say!(eq, value),
                    ("neq", _) => $say!(neq, value.clone()),
                    ("gt", _) => $say!(gt, value),
                    ("gte", Ok(number)) if number.to_string() == *value => $say!(gte, number),
                    ("gte", _) => $say!(gte, value),
                    ("lt", _) => $say!(lt, value),
                    ("lte", _) => $say!(lte, value),
                    ("like", _) => $say!(like, value),
                    ("ilike", _) => $say!(ilike, value),
                    ("match", _) => $say!(matches, value),
                    ("imatch", _) => $say!(imatches, value),
                    ("isdistinct", _) => $say!(is_distinct, value),
                    ("fts", _) => $say!(fts, value, configuration),
                    ("plfts", _) => $say!(plfts, value, configuration),
                    ("phfts", _) => $say!(phfts, value, configuration),
                    ("wfts", _) => $say!(wfts, value, configuration),
                    _ => panic!("no method for {operator}"),
                }
            }
            (Operand::Among(values), ..) => $say!(in_, values),
            (Operand::Is(Is::Null), ..) => $say!(is_null),
            (Operand::Is(is), ..) => $say!(is, *is),
            (Operand::Array(values), operator, Some("any")) => match operator {
                "eq" => $say!(eq, any(values)),
                "gt" => $say!(gt, any(values)),
                "lte" => $say!(lte, any(values)),
                "like" => $say!(like, any(values)),
                "ilike" => $say!(ilike, any(values)),
                "match" => $say!(matches, any(values)),
                _ => $say!(imatches, any(values)),
            },
            (Operand::Array(values), operator, Some(_)) => match operator {
                "eq" => $say!(eq, all(values)),
                "gt" => $say!(gt, all(values)),
                "lte" => $say!(lte, all(values)),
                "like" => $say!(like, all(values)),
                "ilike" => $say!(ilike, all(values)),
                "match" => $say!(matches, all(values)),
                _ => $say!(imatches, all(values)),
            },
            (Operand::Array(values), "cs", None) => $say!(contains, values),
            (Operand::Array(values), "cd", None) => $say!(contained_by, values),
            (Operand::Array(values), ..) => $say!(overlaps, values),
            (Operand::Json(value), "cs", _) => $say!(contains, json(value)),
            (Operand::Json(value), ..) => $say!(contained_by, value),
            (Operand::Literal(text), "match", _) => $say!(contains_text, text),
            (Operand::Literal(text), ..) => $say!(icontains_text, text),
            (Operand::Range(bounds), operator, _) => match (operator, bounds.clone()) {
                ("cs", (Bound::Included(low), Bound::Excluded(high))) => $say!(contains, low..high),
                ("cs", bounds) => $say!(contains, bounds),
                ("cd", (Bound::Included(low), Bound::Included(high))) => {
                    $say!(contained_by, low..=high)
                }
                ("cd", bounds) => $say!(contained_by, bounds),
                ("ov", (Bound::Included(low), Bound::Unbounded)) => $say!(overlaps, low..),
                ("ov", bounds) => $say!(overlaps, bounds),
                ("sl", (Bound::Unbounded, Bound::Excluded(high))) => $say!(range_lt, ..high),
                ("sl", bounds) => $say!(range_lt, bounds),
                ("sr", (Bound::Unbounded, Bound::Included(high))) => $say!(range_gt, ..=high),
                ("sr", bounds) => $say!(range_gt, bounds),
                ("nxr", bounds) => $say!(range_lte, bounds),
                ("nxl", bounds) => $say!(range_gte, bounds),
                (_, bounds) => $say!(range_adjacent, bounds),
            },
        }
    };
}

impl Test {
    pub(crate) fn on(&self, query: Query) -> Query {
        let column = self.place.column();
        macro_rules! say {
            ($method:ident $(, $argument:expr)*) => { query.$method(column $(, $argument)*) };
        }
        match self.form {
            Form::Method => say_test!(self, say),
            Form::Filter => query.filter(column, &self.written_operator(), self.operand.written()),
            Form::Not => query.not(column, &self.written_operator(), self.operand.written()),
        }
    }

    pub(crate) fn condition(&self) -> Condition {
        let column = self.place.column();
        macro_rules! say {
            ($method:ident $(, $argument:expr)*) => { Condition::$method(column $(, $argument)*) };
        }
        match self.form {
            Form::Method => say_test!(self, say),
            Form::Filter => {
                Condition::filter(column, &self.written_operator(), self.operand.written())
            }
            Form::Not => Condition::not(column, &self.written_operator(), self.operand.written()),
        }
    }

    /// Returns an operator such as `not.fts(english)`, without the `not` that the form already contains.
    fn written_operator(&self) -> String {
        let not = if self.negated == (self.form == Form::Not) {
            ""
        } else {
            "not."
        };
        let modifier = self.modifier.map(|modifier| format!("({modifier})"));
        format!("{not}{}{}", self.operator, modifier.unwrap_or_default())
    }
}

impl Operand {
    /// Formats the operand in PostgREST's notation.
    fn written(&self) -> String {
        let quoted =
            |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let list = |texts: &[String]| texts.iter().map(quoted).collect::<Vec<_>>().join(",");
        match self {
            Self::Text(text) => text.clone(),
            Self::Among(texts) => format!("({})", list(texts)),
            Self::Array(texts) => format!("{{{}}}", list(texts)),
            Self::Is(is) => match is {
                Is::Null => "null",
                Is::NotNull => "not_null",
                Is::True => "TRUE",
                Is::False => "false",
                Is::Unknown => "unknown",
            }
            .to_owned(),
            Self::Json(value) => value.to_string(),
            Self::Range(_) | Self::Literal(_) => panic!("{self:?} is written by its method"),
        }
    }
}
