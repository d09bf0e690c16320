use super::finding::dotted;
use super::token_claims::{KnownClaim, TokenClaims};
use crate::ClaimKind;
use crate::similar::{distance, limit};

/// What the tokens have at a path.
pub(crate) enum ClaimLookup<'k> {
    /// A claim.
    Claim(&'k KnownClaim),
    /// An object that contains known claims.
    Object,
    /// A value of unknown shape.
    Open,
    /// The path continues below a claim that has no members.
    Below(&'k KnownClaim),
    Missing,
}

pub(crate) fn look_up<'k>(
    token: &TokenClaims<'k>,
    path: &[String],
    parsed: bool,
) -> ClaimLookup<'k> {
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
            // A string may contain a JSON document.
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

/// The path that was most likely meant: one with the same name in another object, or one with a similar name.
pub(crate) fn suggest(written: &[String], known: &[Vec<String>]) -> Option<String> {
    let leaf = written.last()?;
    let same_leaf = known.iter().find(|path| path.last() == Some(leaf));
    if let Some(path) = same_leaf {
        return Some(dotted(path));
    }
    let whole = dotted(written);
    // An object that contains the path cannot be the correction of the path.
    let others = known.iter().filter(|path| !written.starts_with(path));
    others
        .filter_map(|path| {
            let name = dotted(path);
            let (mine, other) = match path.split_last() {
                Some((last, parents)) if parents == &written[..written.len() - 1] => (leaf, last),
                _ => (&whole, &name),
            };
            let distance = distance(mine, other);
            // `tenant` for `tenant_id` is not a misspelling, but a part of the name.
            let part = mine.len().min(other.len()) >= 3
                && (mine.starts_with(other.as_str()) || other.starts_with(mine.as_str()));
            (part || distance <= limit(mine)).then_some((!part, distance, name))
        })
        .min()
        .map(|(.., name)| name)
}
