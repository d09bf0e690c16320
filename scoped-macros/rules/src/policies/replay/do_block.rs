use super::super::source::Source;
use super::super::statements::TokenRange;
use super::super::token::TokenKind;
use super::block_branches::Branches;
use super::catalog_condition::Reachability;
use super::dynamic_sql::Variables;
use super::{Replay, SourceRange};

impl<'a> Replay<'a> {
    /// Applies the statements of a DO block in order. A statement in a branch may not run.
    pub(super) fn block(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let body = (part.range.0..part.range.1).find_map(|at| {
            let text = source.kind(at)?.is_text() && !source.is(at.wrapping_sub(1), "language");
            text.then(|| source.decoded(at)).flatten()
        });
        let Some(body) = body else { return };
        let nested = source.nested(body, false);
        self.run(nested, Variables::default());
    }

    /// Applies the statements of a body in PL/pgSQL.
    pub(super) fn run(&mut self, body: Source<'a>, variables: Variables) {
        if self.depth >= super::MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let index = self.push(body);
        self.body(index, variables);
        self.depth -= 1;
    }

    fn body(&mut self, index: usize, mut variables: Variables) {
        let mut branches = Branches::of(&self.sources[index]);
        let (outside, caught) = (self.unsure, self.caught);
        let mut start = 0;
        let mut depth = 0_usize;
        let mut at = 0;
        while at < self.sources[index].tokens.len() {
            let source = &self.sources[index];
            match source.tokens[at].kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Semicolon => {
                    branches.leave(source, start);
                    self.step(index, (start, at), &mut variables, outside, &branches);
                    (start, depth) = (at + 1, 0);
                }
                TokenKind::Word if depth == 0 => {
                    let ends_loop = at > start && source.is(at - 1, "end");
                    branches.word(&self.catalog, source, at, at == start);
                    if source.is(at, "loop") && !ends_loop {
                        let known = self.loop_head(index, (start, at), &mut variables);
                        branches.enter_loop(known);
                        start = at + 1;
                    } else if source.is_any(at, &["begin", "declare", "then", "else", "exception"])
                    {
                        start = at + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.step(index, (start, at), &mut variables, outside, &branches);
        (self.unsure, self.caught) = (outside, caught);
    }

    /// Applies one statement of the block.
    fn step(
        &mut self,
        index: usize,
        range: TokenRange,
        variables: &mut Variables,
        outside: bool,
        branches: &Branches,
    ) {
        let source = &self.sources[index];
        let (at, end) = range;
        // These statements change only whether the ones after them run.
        if at >= end || source.is_any(at, &["return", "exit", "continue"]) {
            return;
        }
        let runs = branches.runs();
        if runs == Reachability::Never {
            return;
        }
        self.unsure = outside || runs == Reachability::Perhaps;
        self.caught = branches.is_caught();
        if source.is(at, "execute") {
            for pieces in self.texts((index, (at + 1, end)), variables) {
                self.nested(index, pieces);
            }
        } else if source.is_any(at, &["perform", "call"]) {
            self.invoke(index, range, variables);
        } else if source.is(at, "select") {
            self.selected(index, range, variables);
            self.setting(SourceRange {
                source: index,
                range,
            });
            self.note_path((index, end));
            self.invoke(index, range, variables);
        } else if let Some(assign) = self.assignment(index, range) {
            self.invoke(index, (assign, end), variables);
            if let Some(name) = self.sources[index].name(at) {
                self.assign(index, &name, (assign + 1, end), variables);
            }
        } else {
            self.statement(index, range);
        }
    }

    /// Forgets the text of the variable that `SELECT .. INTO` assigns: the rows are not known here.
    fn selected(&self, index: usize, (at, end): TokenRange, variables: &mut Variables) {
        let source = &self.sources[index];
        if let Some(into) = (at..end).find(|at| source.is(*at, "into"))
            && let Some(name) = source.name(into + 1 + usize::from(source.is(into + 1, "strict")))
        {
            variables.forget(&name);
        }
    }

    /// The index of `:=` (or `=`, or DEFAULT) in `name [type] := value`.
    fn assignment(&self, index: usize, (at, end): TokenRange) -> Option<usize> {
        let source = &self.sources[index];
        if !source.kind(at)?.is_name()
            || source.is_any(
                at,
                &[
                    "create", "alter", "drop", "set", "select", "do", "grant", "update",
                ],
            )
        {
            return None;
        }
        (at + 1..end.min(at + 8)).find(|at| {
            source.kind(*at) == Some(TokenKind::Assign)
                || source.raw(*at) == "="
                || source.is(*at, "default")
        })
    }
}
