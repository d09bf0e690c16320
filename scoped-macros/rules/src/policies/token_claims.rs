use crate::ClaimKind;
use crate::constraint::{Constraint, Literal};

/// The claims that tokens have: what the reads of policies are compared with.
#[derive(Clone, Copy, Debug)]
pub struct TokenClaims<'t> {
    /// The name of the struct, for messages.
    pub name: &'t str,
    /// The claims of the struct.
    pub claims: &'t [KnownClaim],
    /// The top-level claims that the runtime sets.
    pub set_by_runtime: &'t [&'t str],
}

/// A claim that the tokens have.
#[derive(Clone, Debug)]
pub struct KnownClaim {
    /// The keys from the root of the token; `[]` stands for an element of an array. An empty path stands for
    /// the whole token: with the kind `Any`, the token may have other claims too.
    pub path: Vec<String>,
    /// The kind of its values. An object has exactly the members that other claims name; if none does, it may
    /// have any members.
    pub kind: ClaimKind,
    /// The only values that it can have, as text; for an array, the only values of its elements.
    pub one_of: Option<Vec<String>>,
}

impl KnownClaim {
    /// A claim with values of any shape.
    #[must_use]
    pub fn anything(path: Vec<String>) -> Self {
        Self {
            path,
            kind: ClaimKind::Any,
            one_of: None,
        }
    }

    /// A claim whose field has a type of this kind. Constraints can narrow an unknown kind: `uuid`, `pattern`
    /// and `one_of` say which texts it has.
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
