use super::token_claims::{KnownClaim, TokenClaims};
use crate::ClaimKind;

/// What the tokens have at a path.
pub(crate) enum ClaimLookup<'k> {
    /// This claim.
    Claim(&'k KnownClaim),
    /// An object of known claims.
    Object,
    /// Something, nobody knows what.
    Open,
    /// A claim above it, which has nothing below.
    Below(&'k KnownClaim),
    Missing,
}

pub(crate) fn find<'k>(token: &TokenClaims<'k>, path: &[String], parsed: bool) -> ClaimLookup<'k> {
    for length in (0..=path.len()).rev() {
        let Some(known) = token
            .claims
            .iter()
            .find(|known| known.path == path[..length])
        else {
            continue;
        };
        let rest = &path[length..];
        let Some(next) = rest.first() else {
            return ClaimLookup::Claim(known);
        };
        let inside =
            |other: &KnownClaim| other.path.len() > length && other.path.starts_with(&known.path);
        return match known.kind {
            ClaimKind::Any => ClaimLookup::Open,
            ClaimKind::List if next == "[]" => ClaimLookup::Open,
            ClaimKind::Object if next == "[]" => ClaimLookup::Below(known),
            ClaimKind::Object if !token.claims.iter().any(inside) => ClaimLookup::Open,
            ClaimKind::Object => ClaimLookup::Missing,
            // A string may hold JSON of its own.
            ClaimKind::Text if parsed => ClaimLookup::Open,
            _ => ClaimLookup::Below(known),
        };
    }
    let first = path.first().map(String::as_str);
    if first.is_some_and(|first| token.set_by_runtime.contains(&first)) {
        return ClaimLookup::Open;
    }
    if token
        .claims
        .iter()
        .any(|known| known.path.starts_with(path))
    {
        return ClaimLookup::Object;
    }
    ClaimLookup::Missing
}
