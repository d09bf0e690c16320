//! The history of the files: what is live in the end.

mod alter;
mod block;
mod branch;
mod create;
mod drop;
mod dynamic;
mod function;
mod mention;
mod setting;
mod state;
mod table;
mod transaction;

use std::collections::BTreeMap;

use super::source::{Pieces, Source};
use super::split::{Range, statements};
use super::token::Kind;

pub(crate) use dynamic::dynamic_texts;
pub(crate) use function::type_at;
pub(crate) use state::{Function, Part, Policy, State, Table};

/// What the statements that begin and end transactions begin with.
const TRANSACTION: [&str; 7] = [
    "begin",
    "start",
    "savepoint",
    "commit",
    "end",
    "rollback",
    "abort",
];

/// Dynamic SQL within dynamic SQL within ...: nobody writes more.
const MAX_DEPTH: usize = 6;

/// Runs every statement that makes, changes or drops something, and keeps the texts.
pub(crate) struct Replay<'a> {
    pub(crate) sources: Vec<Source<'a>>,
    pub(crate) state: State,
    /// The search path from this token of this source on.
    paths: BTreeMap<(usize, usize), Vec<String>>,
    /// Of the open transaction, if this file rolls one back.
    marks: Vec<transaction::Mark>,
    rolls_back: bool,
    /// In a branch that perhaps does not run.
    unsure: bool,
    depth: usize,
}

impl<'a> Replay<'a> {
    pub(crate) fn new() -> Self {
        Self {
            sources: Vec::new(),
            state: State::default(),
            paths: BTreeMap::new(),
            marks: Vec::new(),
            rolls_back: false,
            unsure: false,
            depth: 0,
        }
    }

    /// Applies one file. Each is a session of its own, so the search path begins anew.
    pub(crate) fn file(&mut self, file: usize, text: &'a str) {
        self.state.search_path.clear();
        let source = Source::file(file, text);
        let all = statements(&source);
        self.marks.clear();
        self.rolls_back = transaction::rolls_back(&source, &all);
        self.apply(source, all);
    }

    fn apply(&mut self, source: Source<'a>, all: Vec<Range>) {
        let index = self.push(source);
        for range in all {
            self.statement(index, range);
        }
    }

    fn push(&mut self, source: Source<'a>) -> usize {
        let index = self.sources.len();
        self.sources.push(source);
        self.note_path((index, 0));
        index
    }

    fn note_path(&mut self, from: (usize, usize)) {
        self.paths.insert(from, self.state.search_path.clone());
    }

    /// The schemas that an unqualified name in this part may be of; none means `public`.
    pub(crate) fn search_path(&self, part: Part) -> &[String] {
        let upto = self.paths.range(..=(part.source, part.range.0));
        let last = upto
            .last()
            .filter(|((source, _), _)| *source == part.source);
        last.map_or(&[], |(_, path)| path)
    }

    /// Applies SQL that stood in a string.
    fn nested(&mut self, outer: usize, pieces: Pieces) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let source = self.sources[outer].nested(pieces, true);
        let all = statements(&source);
        self.apply(source, all);
        self.depth -= 1;
    }

    fn statement(&mut self, index: usize, range: Range) {
        let source = &self.sources[index];
        let at = range.0;
        if source.kind(at) != Some(Kind::Word) {
            return;
        }
        let part = Part {
            source: index,
            range,
        };
        if source.is(at, "create") {
            self.create(part);
        } else if source.is(at, "drop") {
            self.drop(part);
        } else if source.is(at, "alter") {
            self.alter(part);
        } else if source.is(at, "do") {
            self.block(part);
        } else if source.is_any(at, &["set", "select", "reset"]) {
            self.setting(part);
            self.note_path((index, range.1));
        } else if self.rolls_back && self.depth == 0 && source.is_any(at, &TRANSACTION) {
            self.transaction(part);
        }
    }
}
