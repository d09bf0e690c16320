use super::super::source::Source;
use super::super::split::Range;
use super::super::token::Kind;
use super::{Part, Replay};

impl Replay<'_> {
    /// `SET search_path`, in its three spellings.
    pub(super) fn setting(&mut self, part: Part) {
        let source = &self.sources[part.source];
        let (mut at, end) = part.range;
        if source.is(at, "reset") {
            if source.is_any(at + 1, &["search_path", "all"]) {
                self.state.search_path.clear();
            }
            return;
        }
        if source.is(at, "select") {
            at += 1;
            if source.is(at, "pg_catalog") {
                at += 2;
            }
            let sets = source.is(at, "set_config")
                && source.literal(at + 2).as_deref() == Some("search_path");
            if let (true, Some(list)) = (sets, source.literal(at + 4)) {
                self.state.search_path = schemas(list.split(','));
            }
            return;
        }
        at += 1;
        if source.is_any(at, &["session", "local"]) {
            at += 1;
        }
        if let Some(path) = search_path(source, (at, end)) {
            self.state.search_path = path;
        }
    }
}

/// The list of `search_path = a, "b"`, if that is what the tokens say.
pub(super) fn search_path(source: &Source<'_>, (at, end): Range) -> Option<Vec<String>> {
    if !source.is(at, "search_path") || !(source.is(at + 1, "to") || source.raw(at + 1) == "=") {
        return None;
    }
    let mut found = Vec::new();
    let mut at = at + 2;
    while at < end {
        match source.literal(at).or_else(|| source.name(at)) {
            Some(name) if !source.is(at, "default") => found.push(name),
            _ => break,
        }
        if source.kind(at + 1) != Some(Kind::Comma) {
            break;
        }
        at += 2;
    }
    Some(schemas(found.iter().map(String::as_str)))
}

fn schemas<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    names
        .map(|name| name.trim().trim_matches('"'))
        .filter(|name| !name.is_empty() && *name != "$user")
        .map(str::to_owned)
        .collect()
}
