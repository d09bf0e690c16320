//! Branches and loops: the values that a variable may have after any of several paths.

use super::super::syntax::{LoopHead, Node, Statement};
use super::Dataflow;
use super::claim_use::RawFindingKind;
use super::frame::{Frame, Scope};
use super::statement::Ends;
use super::value::Value;

/// A loop whose variables still get new values after this many rounds is treated as endless.
const MAX_ROUNDS: usize = 2;

impl Dataflow<'_> {
    pub(super) fn branches(
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

    pub(super) fn block(
        &mut self,
        frame: &mut Frame<'_>,
        body: &[Statement],
        handlers: &[Vec<Statement>],
    ) -> Ends {
        frame.scopes.push(Scope::default());
        let before = (!handlers.is_empty()).then(|| frame.scopes.clone());
        let mut ends = self.statements(frame, body);
        if let Some(before) = before {
            // A handler may run after any of the statements.
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

    pub(super) fn looped(&mut self, frame: &mut Frame<'_>, head: &LoopHead, body: &[Statement]) {
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

    /// Assigns one row of the loop to its targets.
    pub(super) fn head(&mut self, frame: &mut Frame<'_>, head: &LoopHead) {
        match head {
            LoopHead::Plain(nodes) => {
                for node in nodes {
                    self.decide(frame, node);
                }
            }
            LoopHead::Query(targets, query) => {
                let row = self.query(frame, query);
                self.assign_row(frame, targets, row);
            }
            LoopHead::Array(targets, node) => {
                let value = self.value(frame, node);
                let value = value.each(|part| part.many = false);
                self.assign_row(frame, targets, vec![(String::new(), value)]);
            }
            LoopHead::Execute(targets, text, using) => {
                let row = self.execute(frame, text, using);
                self.assign_row(frame, targets, row);
            }
        }
    }
}

/// The values of the variables after either of two paths.
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

/// Reports variables that go deeper into the token with each iteration, as reads by an unknown key.
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
                    RawFindingKind::UnknownKey(part.path.clone()),
                );
            }
        }
    }
}
