use super::super::token::Kind;
use super::code::NONE;
use super::matcher::Matcher;
use super::model::{Shape, Step, Test, Value};
use super::walk::Next;

/// More arguments of one call are not looked at.
const MAX_ARGUMENTS: usize = 64;

/// Words that may stand before a bracket without calling anything.
const NO_FUNCTIONS: [&str; 24] = [
    "select",
    "return",
    "if",
    "elsif",
    "while",
    "perform",
    "by",
    "distinct",
    "check",
    "using",
    "on",
    "exists",
    "array",
    "values",
    "set",
    "query",
    "begin",
    "execute",
    "only",
    "some",
    "over",
    "filter",
    "of",
    "materialized",
];

impl Matcher<'_> {
    /// The function whose arguments this bracket opens.
    pub(crate) fn called(&self, open: usize) -> Option<String> {
        let code = self.code;
        let name = open.wrapping_sub(1);
        if open == NONE
            || code.kind(open) != Some(Kind::Open)
            || code.pair(open) == NONE
            || !code.is_plain_name(name)
            || code.is_any(name, &NO_FUNCTIONS)
        {
            return None;
        }
        code.name(name)
    }

    /// The value is an argument of a call.
    pub(crate) fn call(&mut self, mut value: Value, open: usize, name: &str) -> Next {
        let code = self.code;
        let close = code.pair(open);
        let first = value.start == open + 1;
        let rest = value.end + 1;
        let mut start = open - 1;
        if code.kind(start.wrapping_sub(1)) == Some(Kind::Dot) && start >= 2 {
            start -= 2;
        }
        let bare = name
            .strip_prefix("jsonb_")
            .or_else(|| name.strip_prefix("json_"));
        match (bare.unwrap_or(name), bare.is_some()) {
            ("coalesce" | "nullif" | "greatest" | "least", false) => {
                if name == "coalesce" {
                    value.fallbacks.extend(self.literal_arguments(open, close));
                }
            }
            ("cast", false) if code.is(value.end, "as") => {
                let (name, _) = code.type_at(value.end + 1);
                value.cast(&name);
            }
            ("to_jsonb" | "to_json", false) | ("strip_nulls", true)
                if value.shape == Shape::Json && value.cast.is_none() => {}
            ("extract_path" | "extract_path_text", true) if first => {
                let shape = if name.ends_with("text") {
                    Shape::Text
                } else {
                    Shape::Json
                };
                for step in self.keys(rest, close) {
                    value.step(step, shape);
                }
            }
            ("array_elements" | "array_elements_text", true) => {
                self.emit(&value, Test::Elements);
                let shape = if name.ends_with("text") {
                    Shape::Text
                } else {
                    Shape::Json
                };
                value.step(Step::Element, shape);
                value.news = false;
            }
            ("array_length", true) => return self.finish(&value, Test::Elements),
            ("to_record" | "to_recordset", true) => return self.record(&value, close, name),
            ("each" | "each_text" | "object_keys" | "populate_record", true)
                if !value.path.is_empty() =>
            {
                return self.finish(&value, Test::Members);
            }
            ("typeof", true) => return self.finish(&value, Test::Null),
            ("exists" | "exists_any" | "exists_all", true) if first => {
                let keys = self.literals(rest, close).unwrap_or_default();
                return self.finish(&value, Test::Has(keys));
            }
            ("contains", true) if first => {
                let other = self.literals(rest, close).and_then(|mut list| list.pop());
                return self.finish(&value, Test::Contains(other));
            }
            (path, true) if path.starts_with("path_") => {
                return self.json_path(&value, first.then_some((rest, close)));
            }
            _ => return self.finish(&value, Test::None),
        }
        value.start = start;
        value.end = close + 1;
        Next::On(value)
    }

    fn keys(&self, from: usize, close: usize) -> Vec<Step> {
        let code = self.code;
        let mut steps = Vec::new();
        let mut at = from;
        while at < close && steps.len() < MAX_ARGUMENTS {
            if code.is(at, "variadic") {
                return self.key_path(at + 1).0;
            }
            let (key, next) = self.key(at);
            let whole = next == close || code.kind(next) == Some(Kind::Comma);
            steps.push(if whole { key.step() } else { Step::Unknown });
            while at < close && code.kind(at) != Some(Kind::Comma) {
                at = code.after(at);
            }
            at += 1;
        }
        steps
    }

    fn literal_arguments(&self, open: usize, close: usize) -> Vec<String> {
        let code = self.code;
        let mut found = Vec::new();
        let mut at = open + 1;
        for _ in 0..MAX_ARGUMENTS {
            if at >= close {
                break;
            }
            found.extend(code.literal(at));
            if code.is_any(at, &["true", "false"]) || code.kind(at) == Some(Kind::Number) {
                found.push(code.raw(at).to_ascii_lowercase());
            }
            at = code.after(at);
        }
        found
    }

    /// `jsonb_to_record(value) as r(a uuid, b text)`: the columns are keys.
    fn record(&mut self, value: &Value, close: usize, name: &str) -> Next {
        let code = self.code;
        let mut at = close + 1;
        at += usize::from(code.is(at, "as"));
        at += usize::from(code.is_plain_name(at));
        let end = code.pair(at);
        if code.kind(at) != Some(Kind::Open) || end == NONE {
            return self.finish(value, Test::None);
        }
        let mut prefix = value.clone();
        if name.ends_with("set") {
            self.emit(value, Test::Elements);
            prefix.step(Step::Element, Shape::Json);
        }
        at += 1;
        while at < end {
            let mut column = prefix.clone();
            if let Some(key) = code.name(at) {
                let (cast, _) = code.type_at(at + 1);
                column.root = at;
                let shape = if matches!(&*cast, "json" | "jsonb") {
                    Shape::Json
                } else {
                    Shape::Text
                };
                column.step(Step::Key(key), shape);
                column.cast(&cast);
                self.emit(&column, Test::None);
            }
            while at < end && code.kind(at) != Some(Kind::Comma) {
                at = code.after(at);
            }
            at += 1;
        }
        Next::Done
    }
}
