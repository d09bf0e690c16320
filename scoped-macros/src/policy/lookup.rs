use super::fit::{Kind, Known};
use super::target::Target;

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
            Kind::Any => Place::Open,
            Kind::Array if next == "[]" => Place::Open,
            Kind::Object if next == "[]" => Place::Below(known),
            Kind::Object if !target.known.iter().any(inside) => Place::Open,
            Kind::Object => Place::Missing,
            // A string may hold JSON of its own.
            Kind::Text if parsed => Place::Open,
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
