//! The branches of a DO block, and whether they run.

use std::collections::HashSet;

use super::super::source::Source;
use super::super::token::TokenKind;
use super::Catalog;
use super::catalog_condition::{Reachability, condition_holds};

/// A deeper branch is treated as one that may not run.
const MAX_DEPTH: usize = 64;

/// A part of a block with an end of its own.
enum Branch {
    /// BEGIN .. END. The EXCEPTION part runs only if a statement fails; `caught` is whether there is one.
    Block { runs: Reachability, caught: bool },
    /// IF or CASE: whether the current branch runs, and whether one of the branches before it does.
    Condition {
        runs: Reachability,
        before: Reachability,
    },
    /// A loop over rows that are only known at run time may have no iteration.
    Loop { runs: Reachability },
}

/// The branches that enclose a statement of a DO block.
pub(super) struct Branches {
    around: Vec<Branch>,
    /// Whether statements run after a RETURN that may have run.
    rest: Reachability,
    /// The indexes of the BEGINs of blocks with an EXCEPTION part.
    catching: HashSet<usize>,
}

impl Branches {
    pub(super) fn of(source: &Source<'_>) -> Self {
        Self {
            around: Vec::new(),
            rest: Reachability::Always,
            catching: catching(source),
        }
    }

    /// Whether an EXCEPTION part catches the failure of a statement here.
    pub(super) fn is_caught(&self) -> bool {
        let caught = |branch: &Branch| matches!(branch, Branch::Block { caught: true, .. });
        self.around.len() > MAX_DEPTH || self.around.iter().any(caught)
    }

    /// Whether a statement here runs.
    pub(super) fn runs(&self) -> Reachability {
        let around = self.around.iter().rev().take(MAX_DEPTH);
        let around = around.map(|branch| match branch {
            Branch::Block { runs, .. } | Branch::Condition { runs, .. } | Branch::Loop { runs } => {
                *runs
            }
        });
        let runs = around.fold(self.rest, Reachability::min);
        if self.around.len() > MAX_DEPTH {
            runs.min(Reachability::Perhaps)
        } else {
            runs
        }
    }

    /// Processes a word outside of brackets; `first` is whether it begins a statement.
    pub(super) fn word(&mut self, catalog: &Catalog, source: &Source<'_>, at: usize, first: bool) {
        if source.is(at, "begin") {
            let caught = self.catching.contains(&at);
            self.around.push(Branch::Block {
                runs: Reachability::Always,
                caught,
            });
        } else if first && source.is(at, "if") {
            let runs = condition_holds(catalog, source, at + 1);
            let before = Reachability::Never;
            self.around.push(Branch::Condition { runs, before });
        } else if first && source.is(at, "case") {
            self.around.push(Branch::Condition {
                runs: Reachability::Perhaps,
                before: Reachability::Perhaps,
            });
        } else if source.is_any(at, &["else", "elsif", "elseif"]) {
            if let Some(Branch::Condition { runs, before }) = self.around.last_mut() {
                *before = (*before).max(*runs);
                let own = if source.is(at, "else") {
                    Reachability::Always
                } else {
                    condition_holds(catalog, source, at + 1)
                };
                *runs = match *before {
                    Reachability::Always => Reachability::Never,
                    Reachability::Perhaps => own.min(Reachability::Perhaps),
                    Reachability::Never => own,
                };
            }
        } else if source.is(at, "exception") && source.is(at + 1, "when") {
            if let Some(Branch::Block { runs, .. }) = self.around.last_mut() {
                *runs = Reachability::Perhaps;
            }
        } else if first && source.is(at, "end") {
            self.around.pop();
        }
    }

    /// Enters a loop; `known` is whether its iterations are known.
    pub(super) fn enter_loop(&mut self, known: bool) {
        let runs = if known {
            Reachability::Always
        } else {
            Reachability::Perhaps
        };
        self.around.push(Branch::Loop { runs });
    }

    /// Processes RETURN, EXIT and CONTINUE, after which statements may not run.
    pub(super) fn leave(&mut self, source: &Source<'_>, at: usize) {
        let when = source.kind(at + 1) != Some(TokenKind::Semicolon);
        let here = self.runs();
        if source.is(at, "return") {
            if here == Reachability::Always {
                self.rest = Reachability::Never;
            } else if here == Reachability::Perhaps {
                self.rest = self.rest.min(Reachability::Perhaps);
            }
        } else if source.is_any(at, &["exit", "continue"])
            && (when || here == Reachability::Perhaps)
        {
            for branch in self.around.iter_mut().rev() {
                if let Branch::Loop { runs } = branch {
                    *runs = (*runs).min(Reachability::Perhaps);
                    break;
                }
            }
        }
    }
}

/// The indexes of the BEGINs of blocks with an EXCEPTION part.
fn catching(source: &Source<'_>) -> HashSet<usize> {
    let mut found = HashSet::new();
    // The indexes of open BEGINs; an open CASE has none.
    let mut open: Vec<Option<usize>> = Vec::new();
    for at in 0..source.tokens.len() {
        if source.is(at, "begin") {
            open.push(Some(at));
        } else if source.is(at, "case") && !source.is(at.wrapping_sub(1), "end") {
            open.push(None);
        } else if source.is(at, "exception") && source.is(at + 1, "when") {
            found.extend(open.iter().rev().find_map(|place| *place));
        } else if source.is(at, "end") && !source.is_any(at + 1, &["if", "loop"]) {
            open.pop();
        }
    }
    found
}
