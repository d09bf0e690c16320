//! The claims of a struct as a JSON Schema, for tools in other languages.

use schemars::Schema;
use scoped_rules::constraint::{self, Argument};
use serde_json::{Map, Number as JsonNumber, Value, json};

use super::{Claim, ClaimKind, Literal, Number};

/// The schema of the claims. A claim of an unknown type is restricted only by its constraints.
pub(super) fn of(claims: &[Claim]) -> Schema {
    let mut root = object();
    for claim in claims {
        let mut place = &mut root;
        for name in claim.under() {
            // An object is required if it contains a required claim.
            if !claim.is_optional() {
                require(place, name);
            }
            place = properties(place)
                .entry(*name)
                .or_insert_with(|| object().into())
                .as_object_mut()
                .expect("every object of claims is made above");
        }
        if !claim.is_optional() {
            require(place, claim.name());
        }
        properties(place).insert(claim.name().to_owned(), claim_schema(claim).into());
    }
    let draft = "https://json-schema.org/draft/2020-12/schema";
    root.insert("$schema".to_owned(), draft.into());
    root.into()
}

fn object() -> Map<String, Value> {
    let object = json!({ "type": "object", "properties": {}, "required": [] });
    object.as_object().cloned().unwrap_or_default()
}

fn properties(object: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    properties
        .as_object_mut()
        .expect("the properties of an object of claims are an object")
}

fn require(object: &mut Map<String, Value>, name: &str) {
    let required = object.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(names) = required
        && !names.iter().any(|required| required == name)
    {
        names.push(name.into());
    }
}

fn claim_schema(claim: &Claim) -> Map<String, Value> {
    let mut schema = Map::new();
    let kind = match claim.kind() {
        ClaimKind::Text | ClaimKind::Uuid => Some("string"),
        ClaimKind::Integer => Some("integer"),
        ClaimKind::Float => Some("number"),
        ClaimKind::Boolean => Some("boolean"),
        ClaimKind::List => Some("array"),
        ClaimKind::Object => Some("object"),
        _ => None,
    };
    if let Some(kind) = kind {
        schema.insert("type".to_owned(), kind.into());
    }
    if claim.kind() == ClaimKind::Uuid {
        schema.insert("format".to_owned(), "uuid".into());
    }
    for constraint in claim.constraints() {
        for (keyword, argument) in constraint.schema(claim.kind()) {
            schema.insert(keyword.to_owned(), as_json(keyword, argument));
        }
    }
    schema
}

/// The value of a keyword of the schema.
fn as_json(keyword: &str, argument: Argument<'_>) -> Value {
    match argument {
        Argument::None => Value::Null,
        Argument::Number(value) => number(value),
        Argument::Count(count) => count.into(),
        Argument::Literals(listed) => listed.iter().map(literal).collect(),
        Argument::Text(source) if keyword == "pattern" => constraint::anchored(source).into(),
        Argument::Text(text) => text.into(),
    }
}

fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => Value::from(*text),
        Literal::Number(value) => number(*value),
    }
}

fn number(number: Number) -> Value {
    match number {
        Number::Integer(number) => JsonNumber::from_i128(number).map_or(Value::Null, Value::Number),
        Number::Float(number) => JsonNumber::from_f64(number).map_or(Value::Null, Value::Number),
    }
}
