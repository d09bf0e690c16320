use super::super::split::Range;
use super::super::token::Kind;
use super::branch::Branches;
use super::dynamic::Variables;
use super::{Part, Replay};

impl Replay<'_> {
    /// A DO block: its DDL runs, in order. What stands in a branch only perhaps does.
    pub(super) fn block(&mut self, part: Part) {
        let source = &self.sources[part.source];
        let body = (part.range.0..part.range.1).find_map(|at| {
            let text = source.kind(at)?.is_text() && !source.is(at.wrapping_sub(1), "language");
            text.then(|| source.decoded(at)).flatten()
        });
        let Some(body) = body else { return };
        if self.depth >= super::MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let nested = source.nested(body, false);
        let index = self.push(nested);
        self.body(index);
        self.depth -= 1;
    }

    fn body(&mut self, index: usize) {
        let mut variables = Variables::default();
        let mut branches = Branches::default();
        let outside = self.unsure;
        let mut start = 0;
        let mut depth = 0_usize;
        let mut at = 0;
        while at < self.sources[index].tokens.len() {
            let source = &self.sources[index];
            match source.tokens[at].kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Semicolon => {
                    self.unsure = outside || branches.are_unsure();
                    self.step(index, (start, at), &mut variables);
                    (start, depth) = (at + 1, 0);
                }
                Kind::Word if depth == 0 => {
                    branches.word(source, at, at == start);
                    if source.is(at, "loop") {
                        self.loop_head(index, (start, at), &mut variables);
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
        self.step(index, (start, at), &mut variables);
        self.unsure = outside;
    }

    /// One statement of the block.
    fn step(&mut self, index: usize, range: Range, variables: &mut Variables) {
        let source = &self.sources[index];
        let (at, end) = range;
        if at >= end {
            return;
        }
        if source.is(at, "execute") {
            for pieces in self.texts((index, (at + 1, end)), variables) {
                self.nested(index, pieces);
            }
        } else if let Some(assign) = self.assignment(index, range) {
            if let Some(name) = self.sources[index].name(at) {
                self.assign(index, &name, (assign + 1, end), variables);
            }
        } else {
            self.statement(index, range);
        }
    }

    /// The `:=` (or `=`, or DEFAULT) of `name [type] := value`.
    fn assignment(&self, index: usize, (at, end): Range) -> Option<usize> {
        let source = &self.sources[index];
        if !source.kind(at)?.is_name()
            || source.is_any(at, &["create", "alter", "drop", "set", "select", "do"])
        {
            return None;
        }
        (at + 1..end.min(at + 8)).find(|at| {
            source.kind(*at) == Some(Kind::Assign)
                || source.raw(*at) == "="
                || source.is(*at, "default")
        })
    }
}
