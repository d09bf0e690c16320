//! The claims of a struct as a JSON Schema, for tools in other languages.

use schemars::Schema;
use serde_json::{Map, Number as JsonNumber, Value, json};

use super::{Claim, ClaimKind, Constraint, Literal, Number};

/// What is known of the claims, and nothing else: a claim whose type only its `Serialize` knows may be
/// anything that its rules allow.
pub(super) fn of(claims: &[Claim]) -> Schema {
    let mut root = object();
    for claim in claims {
        let mut place = &mut root;
        for name in claim.under() {
            // An object of which every claim may be absent may be absent itself.
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
        properties(place).insert(claim.name().to_owned(), one(claim).into());
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

fn one(claim: &Claim) -> Map<String, Value> {
    let mut schema = Map::new();
    let kind = match claim.kind() {
        ClaimKind::Text | ClaimKind::Uuid => Some("string"),
        ClaimKind::Integer => Some("integer"),
        ClaimKind::Float => Some("number"),
        ClaimKind::Boolean => Some("boolean"),
        ClaimKind::List => Some("array"),
        ClaimKind::Object => Some("object"),
        ClaimKind::Any => None,
    };
    if let Some(kind) = kind {
        schema.insert("type".to_owned(), kind.into());
    }
    if claim.kind() == ClaimKind::Uuid {
        schema.insert("format".to_owned(), "uuid".into());
    }
    for rule in claim.constraints() {
        add(&mut schema, claim.kind(), *rule);
    }
    schema
}

fn add(schema: &mut Map<String, Value>, kind: ClaimKind, rule: Constraint) {
    let mut insert = |name: &str, value: Value| {
        schema.insert(name.to_owned(), value);
    };
    match rule {
        Constraint::NonEmpty => lengths("min", kind, 1, &mut insert),
        Constraint::MinLen(min) => lengths("min", kind, min, &mut insert),
        Constraint::MaxLen(max) => lengths("max", kind, max, &mut insert),
        Constraint::Min(min) => insert("minimum", number(min)),
        Constraint::Max(max) => insert("maximum", number(max)),
        Constraint::OneOf(listed) => {
            let listed = listed.iter().map(|literal| match literal {
                Literal::Text(text) => Value::from(*text),
                Literal::Number(listed) => number(*listed),
            });
            insert("enum", listed.collect());
        }
        Constraint::Pattern(pattern) => insert("pattern", format!("^(?:{pattern})$").into()),
        Constraint::Uuid => insert("format", "uuid".into()),
        // Only the program knows.
        Constraint::Custom(_) => {}
    }
}

/// The schema's words apply to one type each, so that of an unknown type all of them are right.
fn lengths(side: &str, kind: ClaimKind, length: usize, insert: &mut impl FnMut(&str, Value)) {
    let words: &[&str] = match kind {
        ClaimKind::List => &["Items"],
        ClaimKind::Object => &["Properties"],
        ClaimKind::Text | ClaimKind::Uuid => &["Length"],
        _ => &["Length", "Items", "Properties"],
    };
    for word in words {
        insert(&format!("{side}{word}"), length.into());
    }
}

fn number(number: Number) -> Value {
    match number {
        Number::Integer(number) => JsonNumber::from_i128(number).map_or(Value::Null, Value::Number),
        Number::Float(number) => JsonNumber::from_f64(number).map_or(Value::Null, Value::Number),
    }
}
