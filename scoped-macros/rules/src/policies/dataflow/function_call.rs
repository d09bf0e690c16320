//! Calls of the functions that return the token, of functions of the files, and of PostgreSQL's own
//! functions.

use std::rc::Rc;

use super::super::replay::CallArgument;
use super::super::syntax::{Call, Parser};
use super::Dataflow;
use super::claim_use::{Predicate, RawFinding, RawRead};
use super::frame::{Frame, Output};
use super::value::{TokenPart, Value};

impl Dataflow<'_> {
    pub(super) fn call(&mut self, frame: &mut Frame<'_>, call: &Call) -> Value {
        for node in &call.extra {
            self.decide(frame, node);
        }
        if let Some(value) = Self::root(frame, call) {
            return value;
        }
        let own = matches!(call.name.schema.as_deref(), None | Some("pg_catalog"));
        let name = &*call.name.name;
        if own && name == "current_setting" {
            return self.setting(frame, call);
        }
        if own && name == "set_config" {
            return self.set_config(frame, call);
        }
        if own && let Some(value) = self.builtin(frame, call) {
            return value;
        }
        let given: Vec<(Option<String>, Value)> = call
            .arguments
            .iter()
            .map(|argument| (argument.name.clone(), self.value(frame, &argument.value)))
            .collect();
        let known = self
            .replay
            .callees(&call.name, frame.context.bound, frame.context.search_path);
        let kinds: Vec<CallArgument> = given
            .iter()
            .map(|(name, value)| (name.as_deref(), self.kind_of(value)))
            .collect();
        let known = self.replay.catalog.overloads(&known, &kinds);
        if known.is_empty() {
            return unknown(frame, given);
        }
        let several = known.len() > 1;
        let values = known
            .into_iter()
            .map(|id| self.called(frame, id, &given, call.at, several));
        values.reduce(Value::or).unwrap_or_default()
    }

    /// The SQL type of a value, for overload resolution.
    fn kind_of(&self, value: &Value) -> Option<String> {
        if let Some(kind) = &value.kind {
            return Some(self.replay.catalog.type_identity(kind));
        }
        let part = value.parts.first()?;
        match (&part.cast, part.extraction) {
            (Some(cast), _) => Some(self.replay.catalog.type_identity(cast)),
            (None, super::Extraction::Json) if !part.many => Some("jsonb".to_owned()),
            (None, _) if !part.many => Some("text".to_owned()),
            _ => None,
        }
    }

    /// Reports at the call what the function reads, and returns the value of the call.
    fn called(
        &mut self,
        frame: &mut Frame<'_>,
        id: usize,
        given: &[(Option<String>, Value)],
        at: u32,
        several: bool,
    ) -> Value {
        let replay = self.replay;
        let function = &replay.catalog.functions[id];
        let through = self.replay.catalog.function_shown(id);
        let mut arguments: Vec<Value> = Vec::new();
        for (index, name) in function.names.iter().enumerate() {
            let by_name = given
                .iter()
                .find(|(known, _)| known.as_ref().is_some_and(|known| known == name));
            let by_place = given.get(index).filter(|(name, _)| name.is_none());
            let value = by_name.or(by_place).map(|(_, value)| value.clone());
            let default = function.defaults.get(index).copied().flatten();
            arguments.push(match (value, default) {
                (Some(value), _) => frame.hand_on_argument(value),
                // The default of an omitted argument is evaluated at the call.
                (None, Some(part)) => {
                    let node = Parser::whole(&replay.sources[part.source], part.range);
                    let value = self.value(frame, &node).seen_at(at);
                    frame.hand_on_argument(value)
                }
                (None, None) => Value::other(),
            });
        }
        if function.variadic
            && let Some(last) = arguments.last_mut()
        {
            // Only the elements of the list are known, not their order.
            let rest = given
                .iter()
                .skip(function.names.len())
                .map(|(_, value)| value.clone());
            let all = rest.fold(std::mem::take(last), Value::or);
            *last = Value {
                other: true,
                ..all.each(|part| part.many = true)
            };
        }
        let Some(output) = self.function(id, &arguments) else {
            // A recursive call: reads of the token itself are found already, but not reads of the arguments.
            for (_, value) in given {
                frame.lose(value);
            }
            return given.iter().fold(Value::other(), |all, (_, value)| {
                all.or(value.clone().derived())
            });
        };
        take_over(frame, &output, at, &through, several);
        let returned = output.returned.clone();
        seen_by_caller(returned, at, &through, several)
    }
}

/// Reports the arguments of an unknown function as not followed.
fn unknown(frame: &mut Frame<'_>, given: Vec<(Option<String>, Value)>) -> Value {
    let mut all = Value::other();
    for (_, value) in given {
        frame.lose(&value);
        all = all.or(value.derived());
    }
    all
}

/// Reports the reads of a function as reads of its caller.
fn take_over(frame: &mut Frame<'_>, output: &Rc<Output>, at: u32, through: &str, several: bool) {
    for found in &output.found {
        // A read that only returns the value is reported where the caller uses the value.
        if found.handed_on && returns(&output.returned, found) {
            continue;
        }
        frame.push(RawRead {
            at,
            through: Some(through.to_owned()),
            // The caller ignores the value.
            optional: found.optional || found.handed_on,
            handed_on: false,
            dynamic: found.dynamic || several || frame.dynamic,
            ..found.clone()
        });
    }
    for remark in &output.findings {
        if remark.kind.is_unfollowed() {
            let remark = RawFinding {
                at,
                through: Some(through.to_owned()),
                kind: remark.kind.clone(),
            };
            frame.note(remark.at, remark.through, remark.kind);
        }
    }
    for path in &output.asked {
        if !frame.output.asked.contains(path) {
            frame.output.asked.push(path.clone());
        }
    }
    for (table, column, value) in &output.stored {
        let value = seen_by_caller(value.clone(), at, through, several);
        frame.store(table, column, value);
    }
}

fn returns(returned: &Value, found: &RawRead) -> bool {
    let same =
        |part: &TokenPart| part.path == found.path && found.usage.predicate == Predicate::None;
    returned.parts.iter().any(same)
        || returned
            .fields
            .iter()
            .any(|(_, field)| returns(field, found))
}

fn seen_by_caller(mut value: Value, at: u32, through: &str, several: bool) -> Value {
    // A value that is computed from a claim is reported inside of the function.
    value.parts.retain(|part| !part.derived);
    for part in &mut value.parts {
        part.at = at;
        part.through = Some(through.to_owned());
        part.fresh = true;
        part.report = 0;
        part.dynamic |= several;
    }
    value.argument = false;
    value.fields = value
        .fields
        .into_iter()
        .map(|(name, field)| (name, seen_by_caller(field, at, through, several)))
        .collect();
    value
}
