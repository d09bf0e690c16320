//! Evaluates the parts of an expression after an operand: operators, casts, subscripts and predicates.

use super::super::syntax::{ChainLink, IsPredicate, Node};
use super::super::text_functions;
use super::Dataflow;
use super::claim_use::{Extraction, PathStep, Predicate};
use super::comparison::{compare, compare_any};
use super::containment::{contains, has, overlaps};
use super::expression::one_of_row;
use super::frame::Frame;
use super::json_access::steps;
use super::json_path::by_path;
use super::value::Value;

impl Dataflow<'_> {
    pub(super) fn chain(
        &mut self,
        frame: &mut Frame<'_>,
        first: &Node,
        links: &[ChainLink],
    ) -> Value {
        let start = frame.output.found.len();
        let mut value = self.value(frame, first);
        for link in links {
            value = self.link(frame, value, link);
        }
        let is_or = |link: &ChainLink| matches!(link, ChainLink::Operator(operator, ..) if operator == "or");
        if links.iter().any(is_or) {
            absence_will_do(frame, start);
        }
        value
    }

    fn link(&mut self, frame: &mut Frame<'_>, value: Value, link: &ChainLink) -> Value {
        match link {
            ChainLink::Operator(operator, right) => self.operator(frame, value, operator, right),
            ChainLink::Quantified(operator, right) => {
                self.quantified(frame, &value, operator, right)
            }
            ChainLink::In(not, list) => self.is_in(frame, &value, *not, list),
            ChainLink::IsPredicate(not, what) => self.is(frame, &value, *not, what),
            ChainLink::Cast(kind) => self.cast(value, kind),
            ChainLink::Index(bounds) => self.index(frame, value, bounds),
            ChainLink::Field(name) => match value.field(name) {
                Some(field) => field.clone(),
                None if name == "*" => value,
                None => {
                    frame.lose(&value);
                    value.derived()
                }
            },
        }
    }

    pub(super) fn cast(&self, value: Value, kind: &str) -> Value {
        let base = self.replay.catalog.base_type(kind).unwrap_or(kind);
        let composite = self.replay.catalog.composite(kind);
        let mut value = value.each(|part| part.cast(base));
        // A row with other column names is assigned by position.
        let named = |columns: &[(String, String)], name: &String| {
            columns.iter().any(|(known, _)| known == name)
        };
        if let (Some(columns), true) = (composite, value.row)
            && !value.fields.iter().all(|(name, _)| named(columns, name))
        {
            for ((name, _), (column, _)) in value.fields.iter_mut().zip(columns) {
                name.clone_from(column);
            }
        }
        value.kind = Some(base.to_owned());
        value.number &= matches!(base, "integer" | "bigint" | "smallint" | "numeric");
        value
    }

    fn index(&mut self, frame: &mut Frame<'_>, value: Value, bounds: &[Node]) -> Value {
        let [key] = bounds else {
            return value;
        };
        if value.parts.iter().any(|part| part.many) {
            self.decide(frame, key);
            return value.each(|part| part.many = false);
        }
        let json = |part: &super::value::TokenPart| {
            part.extraction == Extraction::Json && part.cast.is_none()
        };
        if value.parts.iter().any(json) {
            return self.member(frame, &value, key, Extraction::Json);
        }
        self.decide(frame, key);
        value
    }

    fn operator(
        &mut self,
        frame: &mut Frame<'_>,
        value: Value,
        operator: &str,
        right: &Node,
    ) -> Value {
        match operator {
            "->" => return self.member(frame, &value, right, Extraction::Json),
            "->>" => return self.member(frame, &value, right, Extraction::Text),
            "#>" | "#>>" => {
                let path = self.path(frame, right, &value);
                let extraction = if operator == "#>" {
                    Extraction::Json
                } else {
                    Extraction::Text
                };
                return steps(frame, value, &path, extraction);
            }
            _ => {}
        }
        let other = self.value(frame, right);
        match operator {
            "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" => {
                compare(frame, operator, &value, &other);
            }
            "?" | "?|" | "?&" => has(frame, &value, &other),
            "@>" => contains(frame, &value, &other),
            "<@" => contains(frame, &other, &value),
            "&&" => overlaps(frame, &value, &other),
            "@?" | "@@" => return by_path(frame, &value, &other),
            "||" => return joined(frame, value, other),
            // `jsonb - 'key'` keeps the other members.
            "-" | "#-" if value.parts.iter().any(super::value::TokenPart::is_open) => {
                frame.finish(&other);
                return value;
            }
            _ => {
                frame.finish(&value);
                frame.finish(&other);
                let logic = matches!(operator, "and" | "or" | "like" | "between");
                return if logic {
                    Value::other()
                } else {
                    value.or(other).derived()
                };
            }
        }
        Value::other()
    }

    fn quantified(
        &mut self,
        frame: &mut Frame<'_>,
        value: &Value,
        operator: &str,
        right: &Node,
    ) -> Value {
        if let Node::Query(query) = right {
            let row = one_of_row(self.query(frame, query));
            compare(frame, operator, value, &row);
        } else {
            let list = self.value(frame, right);
            compare_any(frame, operator, value, &list);
        }
        Value::other()
    }

    fn is_in(&mut self, frame: &mut Frame<'_>, value: &Value, not: bool, list: &[Node]) -> Value {
        let operator = if not { "<>" } else { "=" };
        if let [Node::Query(query)] = list {
            let row = one_of_row(self.query(frame, query));
            compare(frame, operator, value, &row);
            return Value::other();
        }
        let values: Vec<Value> = list.iter().map(|node| self.value(frame, node)).collect();
        if let (true, false) = (value.row, values.is_empty()) {
            for other in &values {
                compare(frame, operator, value, other);
            }
        } else if let Some(all) = values.into_iter().reduce(Value::or) {
            compare(frame, operator, value, &all);
        } else {
            frame.finish(value);
        }
        Value::other()
    }

    fn is(&mut self, frame: &mut Frame<'_>, value: &Value, not: bool, what: &IsPredicate) -> Value {
        if let IsPredicate::Distinct(right) = what {
            let other = self.value(frame, right);
            let operator = if not { "=" } else { "<>" };
            // `IS DISTINCT FROM` is not null for tokens without the claim.
            let value = value.clone().each(|part| part.optional |= !not);
            compare(frame, operator, &value, &other);
            return Value::other();
        }
        let allows = match what {
            IsPredicate::Null => !not,
            IsPredicate::Truth => not,
            _ => false,
        };
        for part in &value.parts {
            let mut part = part.clone();
            part.optional |= allows;
            frame.emit(&part, Predicate::Null, false);
        }
        for (_, field) in &value.fields {
            frame.finish(field);
        }
        Value::other()
    }
}

/// `left || right`: the concatenation of texts, or the members of both operands.
fn joined(frame: &mut Frame<'_>, left: Value, right: Value) -> Value {
    let lists = |value: &Value| value.parts.iter().any(|part| part.is_open() || part.many);
    if lists(&left) || lists(&right) {
        return left.or(right);
    }
    frame.finish(&left);
    frame.finish(&right);
    let open = |value: &Value| value.other || value.has_token();
    let open = (open(&left), open(&right));
    let mut texts = Vec::new();
    let argument = left.argument || right.argument;
    if !argument {
        texts = text_functions::joined(&left.texts, open.0, &right.texts, open.1);
    }
    let known = open == (false, false) && !texts.is_empty();
    Value {
        texts,
        argument,
        ..if known {
            Value::default()
        } else {
            left.or(right).derived()
        }
    }
}

/// `claim is null or ..` handles tokens without the claim.
fn absence_will_do(frame: &mut Frame<'_>, start: usize) {
    let found = &mut frame.output.found[start..];
    let absent = found
        .iter()
        .filter(|found| found.optional && found.usage.predicate == Predicate::Null);
    let absent: Vec<Vec<PathStep>> = absent.map(|found| found.path.clone()).collect();
    for found in found {
        found.optional |= absent.iter().any(|path| found.path.starts_with(path));
    }
}
