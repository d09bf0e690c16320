//! The values of expressions.

use super::super::syntax::{Case, Node, Query};
use super::Dataflow;
use super::comparison::compare;
use super::frame::Frame;
use super::value::Value;

/// The deepest nesting of evaluations; deeper code is only searched for calls.
pub(super) const MAX_DEPTH: usize = 160;

impl Dataflow<'_> {
    pub(super) fn value(&mut self, frame: &mut Frame<'_>, node: &Node) -> Value {
        if self.depth >= MAX_DEPTH {
            frame.note(0, None, super::claim_use::RawFindingKind::Lost(Vec::new()));
            return Value::other();
        }
        self.depth += 1;
        let value = self.node(frame, node);
        self.depth -= 1;
        value
    }

    fn node(&mut self, frame: &mut Frame<'_>, node: &Node) -> Value {
        match node {
            Node::Text(text) => Value::text(text.clone()),
            Node::Number(number) => number_of(number),
            Node::Boolean(boolean) => Value::literal(if *boolean { "true" } else { "false" }),
            Node::Null => Value::default(),
            Node::Name(name, at) => frame.lookup(name, *at).unwrap_or_else(Value::other),
            Node::Parameter(index, at) => {
                let argument = frame.arguments.get(*index);
                let argument = argument.map(|(_, value)| value.clone().seen_at(*at));
                argument.unwrap_or_else(Value::other)
            }
            Node::Call(call) => self.call(frame, call),
            Node::Chain(first, links) => self.chain(frame, first, links),
            Node::Not(inner) => {
                let value = self.value(frame, inner);
                frame.finish(&value);
                Value::other()
            }
            Node::Prefix(inner) => self.prefix(frame, inner),
            Node::Case(case) => self.case(frame, case),
            Node::Array(nodes) => self.array(frame, nodes),
            Node::Row(nodes) => self.row(frame, nodes),
            Node::Query(query) => self.scalar(frame, query),
            Node::ArrayQuery(query) => self.scalar(frame, query).each(|part| part.many = true),
            Node::Exists(query) => {
                for (_, value) in self.query(frame, query) {
                    frame.finish(&value);
                }
                Value::other()
            }
            Node::Unparsed(nodes) => {
                for node in nodes {
                    let value = self.value(frame, node);
                    frame.lose(&value);
                }
                Value::other()
            }
        }
    }

    /// Evaluates a condition.
    pub(super) fn decide(&mut self, frame: &mut Frame<'_>, node: &Node) {
        if let Node::Unparsed(nodes) = node {
            for node in nodes {
                self.decide(frame, node);
            }
            return;
        }
        let value = self.value(frame, node);
        frame.finish(&value);
    }

    fn prefix(&mut self, frame: &mut Frame<'_>, inner: &Node) -> Value {
        if let Node::Number(number) = inner {
            return number_of(&format!("-{number}"));
        }
        let value = self.value(frame, inner);
        frame.finish(&value);
        value.derived()
    }

    fn case(&mut self, frame: &mut Frame<'_>, case: &Case) -> Value {
        if let Some(operand) = &case.operand {
            let operand = self.value(frame, operand);
            let wanted = case
                .branches
                .iter()
                .map(|(when, _)| self.value(frame, when));
            let wanted: Vec<Value> = wanted.collect();
            let wanted = wanted.into_iter().reduce(Value::or).unwrap_or_default();
            compare(frame, "=", &operand, &wanted);
        } else {
            for (when, _) in &case.branches {
                self.decide(frame, when);
            }
        }
        let thens = case.branches.iter().map(|(_, then)| then);
        let values = thens
            .chain(&case.otherwise)
            .map(|then| self.value(frame, then));
        values.reduce(Value::or).unwrap_or_default()
    }

    fn array(&mut self, frame: &mut Frame<'_>, nodes: &[Node]) -> Value {
        let values = nodes
            .iter()
            .map(|node| self.value(frame, node).each(|part| part.many = true));
        values.reduce(Value::or).unwrap_or_default()
    }

    fn row(&mut self, frame: &mut Frame<'_>, nodes: &[Node]) -> Value {
        let fields = nodes.iter().enumerate();
        let fields =
            fields.map(|(index, node)| (format!("f{}", index + 1), self.value(frame, node)));
        Value {
            fields: fields.collect(),
            row: true,
            ..Value::default()
        }
    }

    /// The first column, with all columns as fields if there are several.
    fn scalar(&mut self, frame: &mut Frame<'_>, query: &Query) -> Value {
        let columns = self.query(frame, query);
        one_of_row(columns)
    }
}

/// The value of a row: a single column is its value.
pub(super) fn one_of_row(mut columns: Vec<(String, Value)>) -> Value {
    if columns.len() == 1 {
        return columns.pop().map(|(_, value)| value).unwrap_or_default();
    }
    Value {
        fields: columns,
        row: true,
        ..Value::default()
    }
}

fn number_of(text: &str) -> Value {
    Value {
        number: true,
        kind: Some(
            if text.contains('.') {
                "numeric"
            } else {
                "integer"
            }
            .to_owned(),
        ),
        ..Value::literal(text)
    }
}
