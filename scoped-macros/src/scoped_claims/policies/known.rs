use super::super::constraint::Rule;
use super::super::model::{Claim, Field, Model};
use super::super::shape::Shape;
use super::super::value::{Literal, LiteralValue, Number};
use crate::policy::{Kind, Known};

/// What policies can know of the struct's claims.
pub(super) fn known(model: &Model) -> Vec<Known> {
    let claims = model.fields.iter().filter_map(|field| field.claim.as_ref());
    let mut known: Vec<Known> = Vec::new();
    for claim in claims {
        // One claim may be two fields, of which one is there.
        if !known.iter().any(|known| known.path == claim.path()) {
            known.push(as_known(claim));
        }
    }
    let is_nameless = |field: &Field| field.claim.is_none() && field.asks.serialize;
    // After a mistake in a field's name, the claim that a policy reads may be that one.
    if model.fields.iter().any(is_nameless) {
        known.push(Known {
            path: Vec::new(),
            kind: Kind::Any,
            one_of: None,
        });
    }
    known
}

fn as_known(claim: &Claim) -> Known {
    if !claim.cfgs.is_empty() {
        return Known {
            path: claim.path(),
            kind: Kind::Any,
            one_of: None,
        };
    }
    let rules = || claim.constraints.iter().map(|constraint| &constraint.rule);
    let is_uuid = rules().any(|rule| matches!(rule, Rule::Uuid));
    // The rules hold whatever the type is.
    let is_text = rules().any(|rule| match rule {
        Rule::Pattern(..) => true,
        Rule::OneOf(listed) => listed
            .iter()
            .all(|literal| matches!(literal.value, LiteralValue::Text(_))),
        _ => false,
    });
    let kind = match claim.shape {
        Shape::Text | Shape::Unknown if is_uuid => Kind::Uuid,
        Shape::Unknown if is_text => Kind::Text,
        Shape::Text => Kind::Text,
        Shape::Uuid => Kind::Uuid,
        Shape::Integer(..) => Kind::Integer,
        Shape::Float => Kind::Float,
        Shape::Boolean => Kind::Boolean,
        Shape::List => Kind::Array,
        Shape::Map => Kind::Object,
        Shape::Unknown => Kind::Any,
    };
    let one_of = rules().find_map(|rule| match rule {
        Rule::OneOf(listed) => listed.iter().map(as_text).collect(),
        _ => None,
    });
    Known {
        path: claim.path(),
        kind,
        one_of,
    }
}

/// As `->>` gives it. How Postgres writes a fraction is its own business.
fn as_text(literal: &Literal) -> Option<String> {
    match &literal.value {
        LiteralValue::Text(text) => Some(text.clone()),
        LiteralValue::Number(Number::Integer(number)) => Some(number.to_string()),
        LiteralValue::Number(Number::Float(_)) => None,
    }
}
