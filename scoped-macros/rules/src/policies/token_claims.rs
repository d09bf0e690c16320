use crate::ClaimKind;
use crate::constraint::{Constraint, Literal};

/// What the tokens have.
#[derive(Clone, Copy, Debug)]
pub struct TokenClaims<'t> {
    /// The struct's name, for messages.
    pub name: &'t str,
    /// Its claims.
    pub claims: &'t [KnownClaim],
    /// Top-level claims that the runtime sets.
    pub set_by_runtime: &'t [&'t str],
}

/// A claim that the tokens have.
#[derive(Clone, Debug)]
pub struct KnownClaim {
    /// The keys from the token inwards; `[]` stands for an element. Empty: the token itself, to say
    /// that it has any other claims (`Any`).
    pub path: Vec<String>,
    /// What it is: of an object, closed if claims below it are known, else open.
    pub kind: ClaimKind,
    /// Its only values, as text; of an array, those of its elements.
    pub one_of: Option<Vec<String>>,
}

impl KnownClaim {
    /// A claim that may be anything, also below its path.
    #[must_use]
    pub fn anything(path: Vec<String>) -> Self {
        Self {
            path,
            kind: ClaimKind::Any,
            one_of: None,
        }
    }

    /// A claim whose type is of this kind, and whose constraints say more: they hold for any type.
    pub fn new<'c, T, L>(
        path: Vec<String>,
        kind: ClaimKind,
        constraints: impl Iterator<Item = &'c Constraint<T, L>> + Clone,
    ) -> Self
    where
        T: AsRef<str> + 'c,
        L: AsRef<[Literal<T>]> + 'c,
    {
        let is_uuid = |constraint: &Constraint<T, L>| matches!(constraint, Constraint::Uuid);
        let is_text = |constraint: &Constraint<T, L>| match constraint {
            Constraint::Pattern(_) => true,
            Constraint::OneOf(listed) => {
                let is_text = |literal: &Literal<T>| matches!(literal, Literal::Text(_));
                listed.as_ref().iter().all(is_text)
            }
            _ => false,
        };
        let kind = match kind {
            ClaimKind::Text | ClaimKind::Any if constraints.clone().any(is_uuid) => ClaimKind::Uuid,
            ClaimKind::Any if constraints.clone().any(is_text) => ClaimKind::Text,
            kind => kind,
        };
        let mut constraints = constraints;
        let one_of = constraints.find_map(|constraint| match constraint {
            Constraint::OneOf(listed) => {
                let listed = listed.as_ref().iter();
                listed.map(Literal::as_sql_text).collect()
            }
            _ => None,
        });
        Self { path, kind, one_of }
    }
}
