//! Statements in the order in which they run: variables, branches and loops.

use super::super::source::Source;
use super::super::syntax::{Head, Node, Statement, statements_of};
use super::Flow;
use super::expression::one_of_row;
use super::frame::{Frame, Scope};
use super::model::RemarkKind;
use super::query::{Columns, either, renamed};
use super::value::Value;

/// A loop that still finds something new then goes on forever.
const MAX_ROUNDS: usize = 2;
/// Statements within EXECUTE within EXECUTE.
const MAX_DYNAMIC: usize = 4;

/// Whether the flow ends: nothing behind the statement runs.
pub(super) type Ends = bool;

impl Flow<'_> {
    pub(super) fn statements(&mut self, frame: &mut Frame<'_>, statements: &[Statement]) -> Ends {
        for statement in statements {
            if self.statement(frame, statement) {
                return true;
            }
        }
        false
    }

    fn statement(&mut self, frame: &mut Frame<'_>, statement: &Statement) -> Ends {
        match statement {
            Statement::Declare(name, kind, value) => {
                let value = value.as_ref().map(|value| self.value(frame, value));
                frame.declare(name, kind, Value::default());
                if let Some(value) = value {
                    self.assign(frame, std::slice::from_ref(name), value);
                }
            }
            Statement::Assign(target, value) => {
                let value = self.value(frame, value);
                self.assign(frame, target, value);
            }
            Statement::Cursor(name, query) => {
                let row = one_of_row(self.query(frame, query));
                frame.declare(name, "", row);
            }
            Statement::Fetch(cursor, targets) => {
                let row = frame
                    .lookup(std::slice::from_ref(cursor), 0)
                    .unwrap_or_default();
                self.assign_row(frame, targets, columns_of(row));
            }
            Statement::If(branches, otherwise) => return self.branches(frame, branches, otherwise),
            Statement::Loop(head, body) => self.looped(frame, head, body),
            Statement::Block(body, handlers) => return self.block(frame, body, handlers),
            Statement::Return(value) => {
                let value = value.as_ref().map(|value| self.value(frame, value));
                self.returned(frame, value);
                return true;
            }
            Statement::ReturnNext(value) => {
                let value = value.as_ref().map(|value| self.value(frame, value));
                self.returned(frame, value);
            }
            Statement::ReturnQuery(query) => {
                let row = self.query(frame, query);
                self.returned_row(frame, row);
            }
            Statement::Execute {
                text,
                using,
                into,
                returns,
            } => {
                let row = self.execute(frame, text, using);
                if *returns {
                    self.returned_row(frame, row);
                } else if !into.is_empty() {
                    self.assign_row(frame, into, row);
                }
            }
            Statement::Query(query) => {
                for (_, value) in self.query(frame, query) {
                    frame.finish(&value);
                }
            }
            Statement::Store(table, query) => {
                for (column, value) in self.query(frame, query) {
                    let value = frame.hand_on(value);
                    frame.store(&table.name, &column, value);
                }
            }
            Statement::Junk(nodes) => return self.junk(frame, nodes),
        }
        false
    }

    fn junk(&mut self, frame: &mut Frame<'_>, nodes: &[Node]) -> Ends {
        let word = |index: usize| match nodes.get(index) {
            Some(Node::Name(name, _)) => name.first().map(String::as_str),
            _ => None,
        };
        let raises = word(0) == Some("raise");
        for node in nodes {
            let value = self.value(frame, node);
            if raises {
                frame.finish(&value);
            } else {
                frame.lose(&value);
            }
        }
        let goes_on = ["notice", "warning", "info", "log", "debug"];
        frame.procedural && raises && !word(1).is_some_and(|level| goes_on.contains(&level))
    }

    fn branches(
        &mut self,
        frame: &mut Frame<'_>,
        branches: &[(Node, Vec<Statement>)],
        otherwise: &[Statement],
    ) -> Ends {
        let mut left: Option<Vec<Scope>> = None;
        let bodies = branches
            .iter()
            .map(|(condition, body)| (Some(condition), &body[..]));
        for (condition, body) in bodies.chain([(None, otherwise)]) {
            if let Some(condition) = condition {
                self.decide(frame, condition);
            }
            let before = frame.scopes.clone();
            let ends = self.statements(frame, body);
            let after = std::mem::replace(&mut frame.scopes, before);
            if !ends {
                left = Some(match left {
                    Some(left) => merged(left, after),
                    None => after,
                });
            }
        }
        match left {
            Some(left) => {
                frame.scopes = left;
                false
            }
            None => true,
        }
    }

    fn block(
        &mut self,
        frame: &mut Frame<'_>,
        body: &[Statement],
        handlers: &[Vec<Statement>],
    ) -> Ends {
        frame.scopes.push(Scope::default());
        let before = (!handlers.is_empty()).then(|| frame.scopes.clone());
        let mut ends = self.statements(frame, body);
        if let Some(before) = before {
            // A handler runs after any of the statements.
            let failed = merged(frame.scopes.clone(), before);
            for handler in handlers {
                let after = std::mem::replace(&mut frame.scopes, failed.clone());
                let handled = self.statements(frame, handler);
                if ends {
                    ends = handled;
                } else if handled {
                    frame.scopes = after;
                } else {
                    let caught = std::mem::take(&mut frame.scopes);
                    frame.scopes = merged(after, caught);
                }
            }
        }
        frame.scopes.pop();
        ends
    }

    fn looped(&mut self, frame: &mut Frame<'_>, head: &Head, body: &[Statement]) {
        for round in 0..=MAX_ROUNDS {
            let before = frame.scopes.clone();
            self.head(frame, head);
            self.statements(frame, body);
            let after = std::mem::take(&mut frame.scopes);
            frame.scopes = merged(before.clone(), after);
            if !has_grown(&before, &frame.scopes) {
                return;
            }
            if round == MAX_ROUNDS {
                lose_what_grows(frame, &before);
            }
        }
    }

    /// The targets get a row.
    fn head(&mut self, frame: &mut Frame<'_>, head: &Head) {
        match head {
            Head::Plain(nodes) => {
                for node in nodes {
                    self.decide(frame, node);
                }
            }
            Head::Query(targets, query) => {
                let row = self.query(frame, query);
                self.assign_row(frame, targets, row);
            }
            Head::Array(targets, node) => {
                let value = self.value(frame, node);
                let value = value.each(|part| part.many = false);
                self.assign_row(frame, targets, vec![(String::new(), value)]);
            }
            Head::Execute(targets, text, using) => {
                let row = self.execute(frame, text, using);
                self.assign_row(frame, targets, row);
            }
        }
    }

    /// `target := value`.
    pub(super) fn assign(&mut self, frame: &mut Frame<'_>, target: &[String], value: Value) {
        self.texts_that_read(frame, &value);
        match target {
            [name] => {
                let kind = frame.variable(name).map(|(_, kind, _)| kind.clone());
                let kind = kind.unwrap_or_default();
                let value = if kind.is_empty() || kind == "record" {
                    value
                } else {
                    self.cast(value, &kind)
                };
                let value = frame.hand_on(value);
                match frame.variable(name) {
                    Some((.., known)) => *known = value,
                    None => frame.declare(name, &kind, value),
                }
            }
            [.., name, field] => {
                let value = frame.hand_on(value);
                if frame.variable(name).is_none() {
                    frame.declare(name, "", Value::other());
                }
                if let Some((.., known)) = frame.variable(name) {
                    known.fields.retain(|(known, _)| known != field);
                    known.fields.push((field.clone(), value));
                    known.row = true;
                }
            }
            [] => {}
        }
    }

    /// The variables get the columns of a row; one variable alone gets the row.
    pub(super) fn assign_row(
        &mut self,
        frame: &mut Frame<'_>,
        targets: &[Vec<String>],
        row: Columns,
    ) {
        let [target] = targets else {
            for (target, (_, value)) in targets.iter().zip(row) {
                self.assign(frame, target, value);
            }
            return;
        };
        let kind = target
            .first()
            .and_then(|name| frame.variable(name))
            .map(|(_, kind, _)| kind.clone());
        let is_row = matches!(kind.as_deref(), None | Some("" | "record"));
        let value = match <[(String, Value); 1]>::try_from(row) {
            Ok([(name, value)]) if is_row && value.fields.is_empty() && !name.is_empty() => Value {
                fields: vec![(name, value.clone())],
                ..value
            },
            Ok([(_, value)]) => value,
            Err(row) => one_of_row(row),
        };
        self.assign(frame, target, value);
    }

    /// EXECUTE: every text that it may be runs. The columns are those of the last statement.
    fn execute(&mut self, frame: &mut Frame<'_>, text: &Node, using: &[Node]) -> Columns {
        let text = self.value(frame, text);
        frame.finish(&text);
        let using = using
            .iter()
            .map(|node| (String::new(), self.value(frame, node)));
        let using: Vec<(String, Value)> = using.collect();
        let known = text.texts.iter().any(|text| text.text.contains(' '));
        if !known {
            for (_, value) in &using {
                frame.lose(value);
            }
        }
        let mut row = Columns::new();
        for text in &text.texts {
            row = either(row, self.dynamic(frame, text, using.clone()));
        }
        row
    }

    fn dynamic(
        &mut self,
        frame: &mut Frame<'_>,
        text: &super::super::source::Pieces,
        using: Vec<(String, Value)>,
    ) -> Columns {
        if self.dynamic >= MAX_DYNAMIC {
            return Columns::new();
        }
        self.dynamic += 1;
        let source = Source::of_pieces(text.clone());
        let statements = statements_of(&source);
        let scopes = std::mem::replace(&mut frame.scopes, vec![Scope::default()]);
        let arguments = std::mem::replace(&mut frame.arguments, using);
        let (dynamic, procedural) = (frame.dynamic, frame.procedural);
        (frame.dynamic, frame.procedural) = (true, false);
        let mut row = Columns::new();
        for statement in &statements {
            if let Statement::Query(query) = statement {
                row = self.query(frame, query);
            } else {
                self.statement(frame, statement);
            }
        }
        (frame.dynamic, frame.procedural) = (dynamic, procedural);
        frame.scopes = scopes;
        frame.arguments = arguments;
        self.dynamic -= 1;
        row
    }

    /// A text that reads the token is run somewhere, also if it is not seen where.
    fn texts_that_read(&mut self, frame: &mut Frame<'_>, value: &Value) {
        for text in &value.texts {
            let lower = text.text.to_ascii_lowercase();
            let reads = lower.contains("auth.") || lower.contains("request.jwt.");
            if reads && lower.contains(' ') && frame.procedural {
                for (_, value) in self.dynamic(frame, text, Vec::new()) {
                    frame.finish(&value);
                }
            }
        }
    }

    /// The function returns the value, or what its OUT parameters have.
    pub(super) fn returned(&mut self, frame: &mut Frame<'_>, value: Option<Value>) {
        let row = match value {
            Some(value) => columns_of_returned(value),
            None if frame.out.is_empty() => return,
            None => {
                let names: Vec<String> = frame.out.iter().map(|(name, _)| name.clone()).collect();
                let of = |name: String| {
                    let value = frame.variable(&name).map(|(.., value)| value.clone());
                    (name, value.unwrap_or_default())
                };
                names.into_iter().map(of).collect()
            }
        };
        self.returned_row(frame, row);
    }

    pub(super) fn returned_row(&mut self, frame: &mut Frame<'_>, mut row: Columns) {
        let returns = frame.returns.clone();
        if returns == "trigger" || returns == "void" {
            for (_, value) in row {
                frame.finish(&value);
            }
            return;
        }
        if row.len() == 1 && row[0].1.row {
            row = columns_of(std::mem::take(&mut row[0].1));
        }
        let composite = self.replay.state.composite(&returns).map(<[_]>::to_vec);
        let columns = if frame.out.is_empty() {
            composite.unwrap_or_default()
        } else {
            frame.out.clone()
        };
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let mut row = renamed(row, &names);
        for ((_, value), (_, kind)) in row.iter_mut().zip(&columns) {
            *value = self.cast(std::mem::take(value), kind);
        }
        let scalar = row.len() == 1 && names.len() <= 1;
        let mut value = if scalar {
            let (name, value) = row.remove(0);
            let value = match &*returns {
                "" | "record" | "table" | "anyelement" => value,
                kind => self.cast(value, kind),
            };
            let value = frame.hand_on(value);
            if names.is_empty() {
                value
            } else {
                Value {
                    fields: vec![(name, value.clone())],
                    ..value
                }
            }
        } else {
            frame.hand_on(one_of_row(row))
        };
        value.kind = None;
        let known = std::mem::take(&mut frame.output.returned);
        frame.output.returned = if known == Value::default() {
            value
        } else {
            known.or(value)
        };
    }
}

/// The columns of a value that is a row, or the value as the only one.
fn columns_of(value: Value) -> Columns {
    if value.parts.is_empty() && !value.fields.is_empty() {
        return value.fields;
    }
    vec![(String::new(), value)]
}

/// The same of a value that is returned: a built object is one value.
fn columns_of_returned(value: Value) -> Columns {
    vec![(String::new(), value)]
}

/// What the names stand for after either of two ways.
fn merged(mut one: Vec<Scope>, other: Vec<Scope>) -> Vec<Scope> {
    for (one, other) in one.iter_mut().zip(other) {
        for (name, kind, value) in other.variables {
            match one.variables.iter_mut().find(|(known, ..)| *known == name) {
                Some((.., known)) if *known != value => {
                    *known = std::mem::take(known).or(value);
                }
                Some(_) => {}
                None => one.variables.push((name, kind, value)),
            }
        }
    }
    one
}

fn parts(scopes: &[Scope]) -> usize {
    fn of(value: &Value) -> usize {
        value.parts.len()
            + value
                .fields
                .iter()
                .map(|(_, field)| of(field))
                .sum::<usize>()
    }
    let variables = scopes.iter().flat_map(|scope| &scope.variables);
    variables.map(|(.., value)| of(value)).sum()
}

fn has_grown(before: &[Scope], after: &[Scope]) -> bool {
    parts(before) != parts(after)
}

/// A variable that gets deeper into the token with each turn.
fn lose_what_grows(frame: &mut Frame<'_>, before: &[Scope]) {
    let after = frame.scopes.clone();
    for (before, after) in before.iter().zip(&after) {
        for (name, _, value) in &after.variables {
            let known = before.variables.iter().find(|(known, ..)| known == name);
            let known = known.map_or(0, |(.., value)| value.parts.len());
            if value.parts.len() > known
                && let Some(part) = value.parts.iter().min_by_key(|part| part.path.len())
            {
                frame.note(
                    part.at,
                    part.through.clone(),
                    RemarkKind::UnknownKey(part.path.clone()),
                );
            }
        }
    }
}
