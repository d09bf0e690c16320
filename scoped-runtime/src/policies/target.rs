use super::engine::{Kind, Known};
use crate::claims::{Claim, ClaimKind, Constraint, Literal, Number, RESERVED};

/// Reserved, but in no token.
const NEVER: [&str; 3] = ["nbf", "session_id", "amr"];

/// The claims that tokens can have from the runtime.
pub(super) fn set_by_the_runtime() -> Vec<&'static str> {
    let is_set = |claim: &&str| !NEVER.contains(claim);
    RESERVED.into_iter().filter(is_set).collect()
}

/// A claim as the engine sees it.
pub(super) fn known(claim: &Claim) -> Known {
    let rules = claim.constraints();
    let is_uuid = rules.contains(&Constraint::Uuid);
    // The rules hold whatever the type is.
    let is_text = rules.iter().any(|rule| match rule {
        Constraint::Pattern(_) => true,
        Constraint::OneOf(listed) => {
            let is_text = |literal: &Literal| matches!(literal, Literal::Text(_));
            listed.iter().all(is_text)
        }
        _ => false,
    });
    let kind = match claim.kind() {
        ClaimKind::Text | ClaimKind::Any if is_uuid => Kind::Uuid,
        ClaimKind::Any if is_text => Kind::Text,
        ClaimKind::Text => Kind::Text,
        ClaimKind::Uuid => Kind::Uuid,
        ClaimKind::Integer => Kind::Integer,
        ClaimKind::Float => Kind::Float,
        ClaimKind::Boolean => Kind::Boolean,
        ClaimKind::List => Kind::Array,
        ClaimKind::Object => Kind::Object,
        ClaimKind::Any => Kind::Any,
    };
    let one_of = rules.iter().find_map(|rule| match rule {
        Constraint::OneOf(listed) => listed.iter().map(as_text).collect(),
        _ => None,
    });
    Known {
        path: claim.path().map(str::to_owned).collect(),
        kind,
        one_of,
    }
}

/// As `->>` gives it. How Postgres writes a fraction is its own business.
fn as_text(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Text(_) | Literal::Number(Number::Integer(_)) => Some(literal.to_string()),
        Literal::Number(Number::Float(_)) => None,
    }
}
