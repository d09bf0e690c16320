//! The functions that return the token or a part of it.

use super::super::name::UNKNOWN;
use super::super::syntax::Call;
use super::Dataflow;
use super::claim_use::{Extraction, PathStep, RawFindingKind};
use super::frame::{CodeKind, Frame};
use super::value::{TokenPart, Value};

impl Dataflow<'_> {
    /// The value of `auth.jwt()`, `auth.uid()`, `auth.role()` and `auth.email()`.
    pub(super) fn root(frame: &mut Frame<'_>, call: &Call) -> Option<Value> {
        let in_auth = match &call.name.schema {
            Some(schema) => schema == "auth",
            None => frame.context.search_path.iter().any(|on| on == "auth"),
        };
        if !in_auth || !call.arguments.is_empty() {
            return None;
        }
        let claim = |name: &str| {
            TokenPart::new(
                call.at,
                vec![PathStep::Key(name.to_owned())],
                Extraction::Text,
            )
        };
        let part = match &*call.name.name {
            "jwt" => {
                if frame.context.code == CodeKind::Policy && frame.wrapped == 0 {
                    frame.note(call.at, None, RawFindingKind::Unwrapped);
                }
                TokenPart::new(call.at, Vec::new(), Extraction::Json)
            }
            "uid" => {
                let mut part = claim("sub");
                part.cast("uuid");
                part
            }
            name @ ("role" | "email") => claim(name),
            _ => return None,
        };
        Some(Value::part(part))
    }

    /// The value of `current_setting(name)`.
    pub(super) fn setting(&mut self, frame: &mut Frame<'_>, call: &Call) -> Value {
        let mut found = Value::default();
        let mut arguments = call.arguments.iter();
        let name = arguments
            .next()
            .map(|argument| self.value(frame, &argument.value));
        let name = name.unwrap_or_default();
        frame.finish(&name);
        for argument in arguments {
            self.decide(frame, &argument.value);
        }
        if name.argument {
            found.argument = true;
            found.other = true;
        }
        for text in &name.texts {
            found = found.or(self.setting_named(&text.text, call.at));
        }
        if name.texts.is_empty() {
            found.other = true;
        }
        found
    }

    fn setting_named(&self, name: &str, at: u32) -> Value {
        // Names of claims are case-sensitive; the name of the setting is not.
        let lower = name.to_ascii_lowercase();
        let part = match lower.strip_prefix("request.jwt.") {
            Some("claims" | "claim") => TokenPart::new(at, Vec::new(), Extraction::JsonText),
            Some(rest) if rest.starts_with("claim.") => {
                let claim = name.get("request.jwt.claim.".len()..).unwrap_or_default();
                let step = if claim.is_empty() || claim.contains(UNKNOWN) {
                    PathStep::Unknown
                } else {
                    PathStep::Key(claim.to_owned())
                };
                TokenPart::new(at, vec![step], Extraction::Text)
            }
            _ => {
                let stored = self.settings.get(&lower).cloned().unwrap_or_default();
                let stored = stored.each(|part| {
                    part.fresh = true;
                    part.dynamic = true;
                });
                return stored.seen_at(at).or(Value::other());
            }
        };
        Value::part(part)
    }

    /// `set_config(name, value, local)`: later reads of the setting have the value.
    pub(super) fn set_config(&mut self, frame: &mut Frame<'_>, call: &Call) -> Value {
        let values = call
            .arguments
            .iter()
            .map(|argument| self.value(frame, &argument.value));
        let values: Vec<Value> = values.collect();
        let [name, value, ..] = values.as_slice() else {
            return Value::other();
        };
        if !value.has_token() {
            return Value::other();
        }
        let kept = frame.hand_on(value.clone());
        let Some(names) = name.literals() else {
            frame.lose(value);
            return Value::other();
        };
        for name in names {
            let key = name.to_ascii_lowercase();
            let known = self.settings.get(&key).cloned();
            let stored = kept.clone().into_argument();
            let next = match &known {
                Some(known) => known.clone().or(stored),
                None => stored,
            };
            if known.as_ref() != Some(&next) {
                self.settings.insert(key, next);
                self.unsettled = true;
            }
        }
        kept
    }
}
