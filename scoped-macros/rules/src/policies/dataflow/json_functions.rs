//! The JSON functions of PostgreSQL that the engine knows. **Add a JSON function here**, any other one in
//! `builtin_functions`.

use super::super::syntax::Call;
use super::Dataflow;
use super::claim_use::{Extraction, PathStep, Predicate};
use super::containment::{contains, has};
use super::frame::Frame;
use super::json_access::{below, step, steps};
use super::json_path::by_path;
use super::value::Value;

/// The known functions, without their prefix `jsonb_` or `json_`, including those that take SQL/JSON paths.
const JSON: [&str; 25] = [
    "extract_path",
    "extract_path_text",
    "array_elements",
    "array_elements_text",
    "array_length",
    "typeof",
    "strip_nulls",
    "pretty",
    "agg",
    "each",
    "each_text",
    "object_keys",
    "populate_record",
    "populate_recordset",
    "exists",
    "exists_any",
    "exists_all",
    "contains",
    "contained",
    "set",
    "insert",
    "delete",
    "concat",
    "build_object",
    "build_array",
];

impl Dataflow<'_> {
    /// The value of a call of a function whose name begins with `jsonb_` or `json_`.
    pub(super) fn json(&mut self, frame: &mut Frame<'_>, call: &Call, bare: &str) -> Option<Value> {
        if !JSON.contains(&bare) && !bare.starts_with("path_") {
            return None;
        }
        let mut nodes = call.arguments.iter().map(|argument| &argument.value);
        if bare.starts_with("build_") {
            return Some(self.built(frame, call, bare == "build_object"));
        }
        if bare == "extract_path" || bare == "extract_path_text" {
            let value = nodes
                .next()
                .map(|node| self.value(frame, node))
                .unwrap_or_default();
            let path = self.steps(frame, nodes, &value);
            return Some(steps(frame, value, &path, extraction(bare)));
        }
        let values: Vec<Value> = nodes.map(|node| self.value(frame, node)).collect();
        let first = values.first().cloned().unwrap_or_default();
        let second = values.get(1).cloned().unwrap_or_default();
        Some(match bare {
            "array_elements" | "array_elements_text" => elements(frame, first, extraction(bare)),
            "array_length" => {
                frame.all(&first, &Predicate::Elements);
                Value::other()
            }
            "typeof" => {
                frame.all(&first, &Predicate::Null);
                Value::other()
            }
            "strip_nulls" | "pretty" => first,
            "agg" => first.each(|part| part.many = true),
            "each" | "each_text" | "object_keys" => members(frame, first, bare),
            "populate_record" | "populate_recordset" => self.populated(frame, &first, second),
            "exists" | "exists_any" | "exists_all" => {
                has(frame, &first, &second);
                Value::other()
            }
            "contains" => {
                contains(frame, &first, &second);
                Value::other()
            }
            "contained" => {
                contains(frame, &second, &first);
                Value::other()
            }
            "set" | "insert" | "delete" | "concat" => {
                for value in values.iter().skip(1) {
                    frame.finish(value);
                }
                first
            }
            _ => {
                for value in values.iter().skip(2) {
                    frame.finish(value);
                }
                by_path(frame, &first, &second)
            }
        })
    }

    /// `jsonb_build_object(key, value, ..)` and `jsonb_build_array(value, ..)`.
    pub(super) fn built(&mut self, frame: &mut Frame<'_>, call: &Call, object: bool) -> Value {
        let values = call
            .arguments
            .iter()
            .map(|argument| self.value(frame, &argument.value));
        let values: Vec<Value> = values.collect();
        if !object {
            let all = values.into_iter().reduce(Value::or).unwrap_or_default();
            return all.each(|part| part.many = true);
        }
        let mut built = Value {
            row: true,
            ..Value::default()
        };
        for pair in values.chunks(2) {
            let [key, value] = pair else { continue };
            frame.finish(key);
            match key.literals().as_deref() {
                Some([key]) => built.fields.push((key.clone(), value.clone())),
                _ => frame.lose(value),
            }
        }
        built
    }

    /// `jsonb_populate_record(null::type, value)`: the columns of the type are keys of the value.
    pub(super) fn populated(
        &mut self,
        frame: &mut Frame<'_>,
        record: &Value,
        value: Value,
    ) -> Value {
        let kind = record.kind.as_deref().unwrap_or_default();
        let Some(columns) = self.replay.catalog.composite(kind) else {
            frame.all(&value, &Predicate::Members);
            return value.derived();
        };
        let columns = columns.to_vec();
        let fields = columns.into_iter().map(|(name, kind)| {
            let member = step(
                frame,
                &value,
                &[PathStep::Key(name.clone())],
                Extraction::Text,
            );
            (name, self.cast(member, &kind))
        });
        Value {
            fields: fields.collect(),
            row: true,
            ..Value::default()
        }
    }
}

fn extraction(name: &str) -> Extraction {
    if name.ends_with("text") {
        Extraction::Text
    } else {
        Extraction::Json
    }
}

/// The elements of a JSON array.
fn elements(frame: &mut Frame<'_>, value: Value, extraction: Extraction) -> Value {
    frame.all(&value, &Predicate::Elements);
    let mut found = Value {
        other: value.other,
        argument: value.argument,
        ..Value::default()
    };
    for part in value.parts {
        let mut part = part;
        if part.many {
            part.many = false;
        } else {
            part.step(PathStep::Element, extraction);
        }
        // An element as text is a text.
        part.extraction = extraction;
        part.fresh = false;
        part.report = 0;
        found = found.or(Value::part(part));
    }
    found
}

/// The keys and values of an object.
fn members(frame: &mut Frame<'_>, value: Value, name: &str) -> Value {
    frame.all(&value, &Predicate::Members);
    if name == "object_keys" {
        return value.derived();
    }
    let extraction = extraction(name);
    let mut member = Value::other();
    for part in &value.parts {
        frame.refine(part);
        member = member.or(Value::part(below(part, &[PathStep::Unknown], extraction)));
    }
    Value {
        fields: vec![
            ("key".to_owned(), Value::other()),
            ("value".to_owned(), member),
        ],
        row: true,
        ..Value::default()
    }
}
