use super::target::{Known, Target};
use crate::ClaimKind;

/// What the tokens have at a path.
pub(crate) enum Place<'k> {
    /// This claim.
    Known(&'k Known),
    /// An object of known claims.
    Object,
    /// Something, nobody knows what.
    Open,
    /// A claim above it, which has nothing below.
    Below(&'k Known),
    Missing,
}

pub(crate) fn find<'k>(target: &Target<'k>, path: &[String], parsed: bool) -> Place<'k> {
    for length in (0..=path.len()).rev() {
        let Some(known) = target
            .known
            .iter()
            .find(|known| known.path == path[..length])
        else {
            continue;
        };
        let rest = &path[length..];
        let Some(next) = rest.first() else {
            return Place::Known(known);
        };
        let inside =
            |other: &Known| other.path.len() > length && other.path.starts_with(&known.path);
        return match known.kind {
            ClaimKind::Any => Place::Open,
            ClaimKind::List if next == "[]" => Place::Open,
            ClaimKind::Object if next == "[]" => Place::Below(known),
            ClaimKind::Object if !target.known.iter().any(inside) => Place::Open,
            ClaimKind::Object => Place::Missing,
            // A string may hold JSON of its own.
            ClaimKind::Text if parsed => Place::Open,
            _ => Place::Below(known),
        };
    }
    let first = path.first().map(String::as_str);
    if first.is_some_and(|first| target.runtime.contains(&first)) {
        return Place::Open;
    }
    if target
        .known
        .iter()
        .any(|known| known.path.starts_with(path))
    {
        return Place::Object;
    }
    Place::Missing
}
