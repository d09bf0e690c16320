//! The history of the files: what is live in the end.

mod alter;
mod block;
mod create;
mod drop;
mod dynamic;
mod function;
mod mention;
mod setting;
mod state;
mod table;

use super::source::{Pieces, Source};
use super::split::{Range, statements};
use super::token::Kind;

pub(crate) use dynamic::dynamic_texts;
pub(crate) use function::type_at;
pub(crate) use state::{Function, Part, Policy, State, Table};

/// Dynamic SQL within dynamic SQL within ...: nobody writes more.
const MAX_DEPTH: usize = 6;

/// Runs every statement that makes, changes or drops something, and keeps the texts.
pub(crate) struct Replay<'a> {
    pub(crate) sources: Vec<Source<'a>>,
    pub(crate) state: State,
    depth: usize,
}

impl<'a> Replay<'a> {
    pub(crate) fn new() -> Self {
        Self {
            sources: Vec::new(),
            state: State::default(),
            depth: 0,
        }
    }

    /// Applies one file. Each is a session of its own, so the search path begins anew.
    pub(crate) fn file(&mut self, file: usize, text: &'a str) {
        self.state.search_path.clear();
        self.source(Source::file(file, text));
    }

    /// Applies the statements of a text.
    fn source(&mut self, source: Source<'a>) {
        let all = statements(&source);
        let index = self.sources.len();
        self.sources.push(source);
        for range in all {
            self.statement(index, range);
        }
    }

    /// Applies SQL that stood in a string.
    fn nested(&mut self, outer: usize, pieces: Pieces) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let source = self.sources[outer].nested(pieces, true);
        self.source(source);
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
        }
    }
}
