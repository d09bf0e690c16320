//! Claims in a lossless form, which both verifiers return.

use serde_json::{Map, Value};

/// Converts every number and text to a text: `"n:1.5"`, `"s:a"`.
pub(crate) fn exact(value: &Value) -> Value {
    match value {
        Value::Number(number) => format!("n:{number}").into(),
        Value::String(text) => format!("s:{text}").into(),
        Value::Array(values) => values.iter().map(exact).collect(),
        Value::Object(map) => Value::Object(exact_map(map)),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

pub(crate) fn exact_map(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter()
        .map(|(name, value)| (name.clone(), exact(value)))
        .collect()
}

/// Returns the same claims with the floats formatted by Rust, because `1e16`, `1e+16` and
/// `10000000000000000.0` are one float. Integers keep their digits and never equal a float.
pub(crate) fn normal(exact: &Value) -> Value {
    match exact {
        Value::String(text) => match text.strip_prefix("n:") {
            Some(number) if number.contains(['.', 'e', 'E']) => {
                // The standard library's parser rounds correctly; the one of serde_json may be off by the
                // last bit.
                let float: f64 = number.parse().expect(number);
                format!("n:{float:?}").into()
            }
            _ => exact.clone(),
        },
        Value::Array(values) => values.iter().map(normal).collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), normal(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => exact.clone(),
    }
}
