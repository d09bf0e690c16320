use super::super::source::Source;
use super::super::statements::TokenRange;
use super::{Replay, SourceRange};

impl Replay<'_> {
    /// Applies `SET search_path` in its three spellings, RESET and DISCARD.
    pub(super) fn setting(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let (mut at, end) = part.range;
        if source.is_any(at, &["reset", "discard"]) {
            if source.is_any(at + 1, &["search_path", "all"]) {
                self.local_path = None;
                self.catalog.search_path.clear();
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
                let path = schemas(list.split(','));
                let local = source.is(at + 6, "true");
                self.set_path(path, local);
            }
            return;
        }
        at += 1;
        let local = source.is(at, "local");
        if source.is_any(at, &["session", "local"]) {
            at += 1;
        }
        if let Some(path) = search_path(source, (at, end)) {
            self.set_path(path, local);
        }
    }

    /// A local search path ends with the transaction; outside of a transaction it has no effect.
    fn set_path(&mut self, path: Vec<String>, local: bool) {
        if local && !self.in_transaction && self.depth == 0 {
            return;
        }
        let before = std::mem::replace(&mut self.catalog.search_path, path);
        if local {
            self.local_path.get_or_insert(before);
        } else {
            self.local_path = None;
        }
    }

    /// Restores the search path at the end of a transaction.
    pub(super) fn end_local_path(&mut self) {
        if let Some(before) = self.local_path.take() {
            self.catalog.search_path = before;
        }
    }
}

/// The list of `search_path = a, "b"`; `None` if the tokens say something else.
pub(super) fn search_path(source: &Source<'_>, (at, end): TokenRange) -> Option<Vec<String>> {
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
        if source.kind(at + 1) != Some(super::super::token::TokenKind::Comma) {
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
