use std::collections::HashMap;

use super::super::token::Kind;
use super::binding::Qualifier;
use super::matcher::{Matcher, Place};
use super::model::Value;
use super::walk::Next;

/// A statement's head is not longer.
const MAX_HEAD: usize = 16;

impl Matcher<'_> {
    /// Whether this `=` assigns to a variable rather than compares.
    pub(crate) fn is_assigned(&self, equals: usize) -> bool {
        self.setting.place == Place::Procedural && self.head(equals).is_some()
    }

    /// The first token of the statement, if all up to the operator is `name [type]`.
    fn head(&self, operator: usize) -> Option<usize> {
        let code = self.code;
        let mut at = operator;
        for _ in 0..MAX_HEAD {
            let before = at.wrapping_sub(1);
            let starts = match code.kind(before) {
                None | Some(Kind::Semicolon) => true,
                Some(Kind::Word) => {
                    code.is_any(before, &["declare", "begin", "then", "else", "loop"])
                }
                _ => false,
            };
            if starts {
                let select =
                    code.is_any(at, &["select", "update", "if", "when", "return", "while"]);
                return (at < operator && !select).then_some(at);
            }
            if code.is_any(before, &["where", "and", "or", "set", "if", "when", "on"]) {
                return None;
            }
            at = before;
        }
        None
    }

    /// `name [type] := value`.
    pub(crate) fn assigned(&mut self, value: Value, operator: usize) -> Next {
        match self.head(operator) {
            Some(target) => self.assigned_to(value, target, None),
            None => self.finish(&value, super::model::Test::None),
        }
    }

    /// The value goes to the variable at this place. A record's field is named by the query.
    pub(crate) fn assigned_to(
        &mut self,
        mut value: Value,
        target: usize,
        column: Option<String>,
    ) -> Next {
        let code = self.code;
        let Some(name) = code.name(target) else {
            return Next::Done;
        };
        let field = match code.kind(target + 1) {
            Some(Kind::Dot) => code.name(target + 2),
            _ => None,
        };
        match self.declared_type(&name) {
            Some(declared) if field.is_none() && declared != "record" => value.cast(&declared),
            _ => {}
        }
        self.emit_handed_on(&value);
        if let Some(field) = field {
            self.bind_value(field, Qualifier::Table(name), &value);
        } else {
            if let Some(column) = column {
                self.bind_value(column, Qualifier::Table(name.clone()), &value);
            }
            self.bind_value(name, Qualifier::Never, &value);
        }
        Next::Done
    }

    fn declared_type(&mut self, name: &str) -> Option<String> {
        if self.declared.is_none() {
            self.declared = Some(self.declarations());
        }
        self.declared.as_ref()?.get(name).cloned()
    }

    /// `name type` in the DECLARE sections.
    fn declarations(&self) -> HashMap<String, String> {
        let code = self.code;
        let mut found = HashMap::new();
        let mut declaring = false;
        for at in 1..code.len {
            let begins = code.kind(at - 1) == Some(Kind::Semicolon);
            if code.is(at - 1, "declare") {
                declaring = true;
            } else if code.is(at, "begin") {
                declaring = false;
            } else if !begins {
                continue;
            }
            let Some(name) = code.name(at).filter(|_| declaring) else {
                continue;
            };
            let constant = usize::from(code.is(at + 1, "constant"));
            let (declared, next) = code.type_at(at + 1 + constant);
            // `table.column%type` is known to the server only.
            if code.raw(next) != "%" && !declared.is_empty() {
                found.entry(name).or_insert(declared);
            }
        }
        found
    }
}
