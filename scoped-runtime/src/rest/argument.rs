use serde_json::Value;

use super::column::is_parameter;
use super::mistake::Mistake;

/// A function's argument as it travels in a URL.
pub(super) fn text(name: &str, value: &Value) -> Result<String, Mistake> {
    let refuse = |reason: &str| {
        Mistake::named(
            "argument",
            name,
            reason,
            "leave `by_get` out: the arguments travel in a body",
        )
    };
    if is_parameter(name) {
        return Err(refuse("has the name of a parameter of PostgREST"));
    }
    match value {
        Value::Null => Err(refuse("is null, which a URL cannot say")),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            let items = items.ok_or_else(|| refuse("is a list of something else than values"))?;
            Ok(super::literal::array(&items))
        }
        Value::Object(_) => Ok(value.to_string()),
        _ => Ok(scalar(value).unwrap_or_default()),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
