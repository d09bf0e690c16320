//! Replays the statements of the files: which objects exist in the end.
//!
//! An object exists, does not exist, or may exist. A branch that may not run can make an existing object
//! uncertain, but never removes it.

mod alter;
mod block_branches;
mod catalog;
mod catalog_condition;
mod create;
mod do_block;
mod drop;
mod dynamic_sql;
mod function;
mod function_call;
mod name_binder;
mod name_bindings;
mod overload;
mod policy;
mod role;
mod search_path;
mod table;
mod transaction;
mod user_type;

use std::collections::BTreeMap;
use std::path::Path;

use super::source::{MappedText, Source};
use super::statements::{TokenRange, statements};
use super::token::TokenKind;

pub(crate) use catalog::{Catalog, SourceRange};
pub(crate) use function::Function;
pub(crate) use name_bindings::{Expression, NameBindings};
pub(crate) use overload::CallArgument;
pub(crate) use policy::{Policy, may_be};
pub(crate) use table::Rls;

/// The first words of the statements that begin and end transactions.
const TRANSACTION: [&str; 8] = [
    "begin",
    "start",
    "savepoint",
    "release",
    "commit",
    "end",
    "rollback",
    "abort",
];

/// The deepest nesting of dynamic SQL that is applied.
const MAX_DEPTH: usize = 6;
/// The most calls of functions that are applied.
const MAX_INVOKED: usize = 2_000;

/// Applies every statement that creates, changes or drops an object, and keeps the texts.
#[allow(clippy::struct_excessive_bools, reason = "each says one thing of it")]
pub(crate) struct Replay<'a> {
    pub(crate) sources: Vec<Source<'a>>,
    pub(crate) catalog: Catalog,
    /// The search paths, each from this token of this source on.
    paths: BTreeMap<(usize, usize), Vec<String>>,
    /// The savepoints of the open transaction, if the file contains a ROLLBACK.
    marks: Vec<transaction::Savepoint>,
    rolls_back: bool,
    in_transaction: bool,
    /// The search path to return to at the end of the transaction.
    local_path: Option<Vec<String>>,
    /// The renamed columns: the table, the old name and the new name.
    renamed: Vec<(usize, String, String)>,
    /// The folder of each file.
    folders: Vec<Option<&'a Path>>,
    /// Whether the current branch may not run.
    unsure: bool,
    /// Whether an EXCEPTION part catches failures of the current block.
    caught: bool,
    depth: usize,
    invoked: usize,
}

impl<'a> Replay<'a> {
    pub(crate) fn new() -> Self {
        Self {
            sources: Vec::new(),
            catalog: Catalog::default(),
            paths: BTreeMap::new(),
            marks: Vec::new(),
            rolls_back: false,
            in_transaction: false,
            local_path: None,
            renamed: Vec::new(),
            folders: Vec::new(),
            unsure: false,
            caught: false,
            depth: 0,
            invoked: 0,
        }
    }

    /// Applies one file. Each file is a session of its own, so that the search path starts anew.
    pub(crate) fn file(&mut self, file: usize, folder: Option<&'a Path>, text: &'a str) {
        self.folders.resize(file + 1, folder);
        self.catalog.search_path.clear();
        self.local_path = None;
        self.in_transaction = false;
        let source = Source::file(file, text);
        let all = statements(&source);
        self.marks.clear();
        self.rolls_back = transaction::rolls_back(&source, &all);
        self.apply(source, all);
    }

    fn apply(&mut self, source: Source<'a>, all: Vec<TokenRange>) {
        let index = self.push(source);
        for range in all {
            self.statement(index, range);
        }
    }

    /// The folder of the file that contains this part.
    fn folder(&self, part: SourceRange) -> Option<&Path> {
        let file = self.sources[part.source].file;
        self.folders.get(file).copied().flatten()
    }

    fn push(&mut self, source: Source<'a>) -> usize {
        let index = self.sources.len();
        self.sources.push(source);
        self.note_path((index, 0));
        index
    }

    fn note_path(&mut self, from: (usize, usize)) {
        let known = self.paths.range(..=from).next_back();
        let same = known.is_some_and(|((source, _), path)| {
            *source == from.0 && *path == self.catalog.search_path
        });
        if !same {
            self.paths.insert(from, self.catalog.search_path.clone());
        }
    }

    /// The search path for unqualified names in this part; an empty one means `public`.
    pub(crate) fn search_path(&self, part: SourceRange) -> &[String] {
        let upto = self.paths.range(..=(part.source, part.range.0));
        let last = upto
            .last()
            .filter(|((source, _), _)| *source == part.source);
        last.map_or(&[], |(_, path)| path)
    }

    /// Applies SQL from a string.
    fn nested(&mut self, outer: usize, pieces: MappedText) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let source = self.sources[outer].nested(pieces, true);
        let all = statements(&source);
        self.apply(source, all);
        self.depth -= 1;
    }

    fn statement(&mut self, index: usize, range: TokenRange) {
        let source = &self.sources[index];
        let at = range.0;
        if source.kind(at) != Some(TokenKind::Word) {
            return;
        }
        let part = SourceRange {
            source: index,
            range,
        };
        if source.is_any(at, &["set", "create", "alter"]) {
            self.note_set_role(part);
        }
        let source = &self.sources[index];
        if source.is(at, "create") {
            self.create(part);
        } else if source.is(at, "drop") {
            self.drop(part);
        } else if source.is(at, "alter") {
            self.alter(part);
        } else if source.is(at, "do") {
            self.block(part);
        } else if source.is(at, "grant") {
            self.grant(part);
        } else if source.is(at, "reassign") {
            self.note_owner(part);
        } else if source.is_any(at, &["set", "select", "reset", "discard", "call"]) {
            self.setting(part);
            self.note_path((index, range.1));
            if self.sources[index].is_any(at, &["select", "call"]) {
                self.invoke(index, range, &mut dynamic_sql::Variables::default());
            }
        } else if self.depth == 0 && source.is_any(at, &TRANSACTION) {
            self.transaction(part);
        }
    }
}
