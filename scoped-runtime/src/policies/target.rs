use super::engine::{Kind, Known};
use crate::claims::{Claim, ClaimKind, Constraint, Literal, RESERVED};

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
    let kind = match claim.kind() {
        ClaimKind::Text if rules.contains(&Constraint::Uuid) => Kind::Uuid,
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
        Constraint::OneOf(listed) => listed
            .iter()
            .map(|literal| match literal {
                Literal::Text(text) => Some((*text).to_owned()),
                Literal::Number(_) => None,
            })
            .collect(),
        _ => None,
    });
    Known {
        path: claim.path().map(str::to_owned).collect(),
        kind,
        one_of,
    }
}
