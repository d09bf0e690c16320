use super::super::source::Source;
use super::super::statements::TokenRange;
use super::{Catalog, Replay, SourceRange};

/// A state that a ROLLBACK returns to.
pub(super) struct Savepoint {
    /// The name of a SAVEPOINT; the begin of a transaction has none.
    name: Option<String>,
    catalog: Catalog,
}

impl Replay<'_> {
    /// Applies BEGIN, SAVEPOINT, COMMIT, ROLLBACK and their synonyms. A transaction that a file leaves open
    /// is committed, because the tools that run migrations commit it.
    pub(super) fn transaction(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let (at, end) = part.range;
        let chain =
            (at..end).any(|at| source.is(at, "chain") && !source.is(at.wrapping_sub(1), "no"));
        if source.is_any(at, &["commit", "end"]) {
            self.end_local_path();
            self.marks.clear();
            self.in_transaction = chain;
            if chain {
                self.mark(None);
            }
        } else if source.is_any(at, &["rollback", "abort"]) {
            let to = (at..end).find(|at| source.is(*at, "to"));
            let name = to.and_then(|to| {
                let name = to + 1 + usize::from(source.is(to + 1, "savepoint"));
                source.name(name)
            });
            self.go_back(name.as_deref());
            if name.is_none() {
                self.end_local_path();
                self.in_transaction = chain;
                if chain {
                    self.mark(None);
                }
            }
        } else if source.is(at, "savepoint") {
            let name = source.name(at + 1);
            self.mark(name);
        } else if source.is(at, "release") {
            let name = at + 1 + usize::from(source.is(at + 1, "savepoint"));
            let name = source.name(name);
            if let Some(found) = self
                .marks
                .iter()
                .rposition(|mark| mark.name == name && name.is_some())
            {
                self.marks.truncate(found);
            }
        } else if source.is(at, "begin") || source.is(at + 1, "transaction") {
            // A BEGIN inside of a transaction has no effect.
            if !self.in_transaction {
                self.in_transaction = true;
                self.marks.clear();
                self.mark(None);
            }
        }
        self.note_path((part.source, end));
    }

    fn mark(&mut self, name: Option<String>) {
        // Only a file that contains a ROLLBACK needs copies.
        if self.rolls_back {
            let catalog = self.catalog.clone();
            self.marks.push(Savepoint { name, catalog });
        }
    }

    fn go_back(&mut self, name: Option<&str>) {
        let found = match name {
            None => (!self.marks.is_empty()).then_some(0),
            Some(_) => self
                .marks
                .iter()
                .rposition(|mark| mark.name.as_deref() == name),
        };
        let Some(found) = found else { return };
        self.catalog = self.marks[found].catalog.clone();
        // ROLLBACK TO keeps the savepoint; ROLLBACK ends the transaction.
        self.marks
            .truncate(if name.is_some() { found + 1 } else { 0 });
    }
}

/// Whether the file contains a ROLLBACK. Only then is it worth keeping copies of the catalog.
pub(super) fn rolls_back(source: &Source<'_>, statements: &[TokenRange]) -> bool {
    let mut statements = statements.iter();
    statements.any(|(at, _)| source.is_any(*at, &["rollback", "abort"]))
}
