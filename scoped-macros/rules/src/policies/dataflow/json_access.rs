//! Access to members of JSON: keys after `->` and paths after `#>`.

use super::super::name::UNKNOWN;
use super::super::syntax::{ChainLink, Node};
use super::Dataflow;
use super::claim_use::{Extraction, PathStep, RawFindingKind};
use super::frame::Frame;
use super::value::{TokenPart, Value};

impl Dataflow<'_> {
    /// The value of `value -> key` and `value ->> key`.
    pub(super) fn member(
        &mut self,
        frame: &mut Frame<'_>,
        value: &Value,
        key: &Node,
        extraction: Extraction,
    ) -> Value {
        let keys = self.keys(frame, key, value);
        step(frame, value, &keys, extraction)
    }

    /// The steps that a key may stand for.
    pub(super) fn keys(&mut self, frame: &mut Frame<'_>, key: &Node, of: &Value) -> Vec<PathStep> {
        if let Node::Chain(first, links) = key
            && let (Node::Text(text), [ChainLink::Cast(cast)]) = (&**first, links.as_slice())
        {
            if is_index(cast) {
                return vec![PathStep::Element];
            }
            if cast != "text"
                && let Some(part) = of.parts.first()
            {
                let key = text.text.clone();
                let cast = cast.clone();
                frame.remark(part, RawFindingKind::KeyCast { key, cast });
            }
            return key_of(&text.text);
        }
        let value = self.value(frame, key);
        frame.finish(&value);
        if value.number || value.kind.as_deref().is_some_and(is_index) {
            return vec![PathStep::Element];
        }
        let mut steps: Vec<PathStep> = value
            .texts
            .iter()
            .flat_map(|text| key_of(&text.text))
            .collect();
        if value.argument {
            steps.push(PathStep::Argument);
        } else if value.other || !value.parts.is_empty() || steps.is_empty() {
            steps.push(PathStep::Unknown);
        }
        steps.dedup();
        steps
    }

    /// The steps of `'{a,b}'` or `array['a', 'b']`.
    pub(super) fn path(&mut self, frame: &mut Frame<'_>, path: &Node, of: &Value) -> Vec<PathStep> {
        if let Node::Array(nodes) = path {
            return self.steps(frame, nodes.iter(), of);
        }
        if let Node::Chain(first, links) = path
            && let (Node::Array(nodes), [ChainLink::Cast(_)]) = (&**first, links.as_slice())
        {
            return self.steps(frame, nodes.iter(), of);
        }
        let value = self.value(frame, path);
        frame.finish(&value);
        match value.literals().as_deref() {
            Some([text]) => array_texts(text)
                .iter()
                .map(|text| path_step(text))
                .collect(),
            _ if value.argument => vec![PathStep::Argument],
            _ => vec![PathStep::Unknown],
        }
    }

    /// One step for each expression.
    pub(super) fn steps<'n>(
        &mut self,
        frame: &mut Frame<'_>,
        nodes: impl Iterator<Item = &'n Node>,
        of: &Value,
    ) -> Vec<PathStep> {
        let one = |node| {
            let keys = self.keys(frame, node, of);
            match <[PathStep; 1]>::try_from(keys) {
                Ok([PathStep::Key(text)]) => path_step(&text),
                Ok([step]) => step,
                Err(_) => PathStep::Unknown,
            }
        };
        nodes.map(one).collect()
    }
}

/// The members of a value at any of these keys.
pub(super) fn step(
    frame: &mut Frame<'_>,
    value: &Value,
    keys: &[PathStep],
    extraction: Extraction,
) -> Value {
    let mut found = Value {
        other: value.other || value.texts.iter().any(|text| !is_empty_json(&text.text)),
        argument: value.argument,
        ..Value::default()
    };
    for part in &value.parts {
        if part.cast.is_some() || part.derived {
            frame.emit(part, super::claim_use::Predicate::None, false);
            found = found.or(Value::part(part.clone()).derived());
            continue;
        }
        frame.refine(part);
        for key in keys {
            let mut part = part.clone();
            part.optional = false;
            part.report = 0;
            if part.extraction == Extraction::Text && !part.path.is_empty() {
                part.parsed = true;
            }
            part.step(key.clone(), extraction);
            found = found.or(Value::part(part));
        }
    }
    for key in keys {
        let (PathStep::Key(name), false) = (key, value.fields.is_empty()) else {
            continue;
        };
        if let Some(member) = value.field(name) {
            found = found.or(member.clone());
        }
    }
    if !value.fields.is_empty() && keys.iter().any(|key| !matches!(key, PathStep::Key(_))) {
        for (_, member) in &value.fields {
            found = found.or(member.clone());
        }
    }
    found
}

/// The member of a value at a path.
pub(super) fn steps(
    frame: &mut Frame<'_>,
    mut value: Value,
    path: &[PathStep],
    extraction: Extraction,
) -> Value {
    if path.is_empty() {
        // `#>> '{}'` is the text of the whole value.
        return value.each(|part| {
            if part.cast.is_none() && !part.derived {
                part.extraction = extraction;
            }
        });
    }
    for (index, key) in path.iter().enumerate() {
        let extraction = if index + 1 == path.len() {
            extraction
        } else {
            Extraction::Json
        };
        value = step(frame, &value, std::slice::from_ref(key), extraction);
    }
    value
}

/// The member of a part at a known path.
pub(super) fn below(part: &TokenPart, path: &[PathStep], extraction: Extraction) -> TokenPart {
    let mut part = part.clone();
    part.report = 0;
    for step in path {
        part.step(step.clone(), extraction);
    }
    part
}

fn key_of(text: &str) -> Vec<PathStep> {
    if text.contains(UNKNOWN) {
        vec![PathStep::Unknown]
    } else {
        vec![PathStep::Key(text.to_owned())]
    }
}

fn is_index(kind: &str) -> bool {
    matches!(kind, "integer" | "bigint" | "smallint")
}

/// Whether the text is an empty object or array.
fn is_empty_json(text: &str) -> bool {
    matches!(text.trim(), "{}" | "[]" | "null" | "")
}

/// Puts the elements of an array literal in its place.
pub(super) fn spread_array_text(value: &mut Value) {
    if let [text] = value.texts.as_slice()
        && text.text.starts_with('{')
    {
        value.texts = array_texts(&text.text)
            .iter()
            .flat_map(|text| Value::literal(text).texts)
            .collect();
    }
}

/// The elements of an array literal.
pub(super) fn array_texts(text: &str) -> Vec<String> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    if inner.trim().is_empty() {
        return Vec::new();
    }
    let texts = inner.split(',').map(|part| part.trim().trim_matches('"'));
    texts.map(str::to_owned).collect()
}

fn path_step(text: &str) -> PathStep {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        PathStep::Element
    } else {
        PathStep::Key(text.to_owned())
    }
}
