use super::super::source::Source;
use super::super::token::Kind;

/// A part of a DO block that perhaps does not run.
enum Branch {
    /// BEGIN .. END; with an EXCEPTION part, which runs only if something fails.
    Block { unsure: bool },
    /// IF or CASE, whose condition only the run knows.
    Condition { unsure: bool },
}

/// The branches around a place of a DO block.
#[derive(Default)]
pub(super) struct Branches(Vec<Branch>);

impl Branches {
    /// Whether a statement here perhaps does not run.
    pub(super) fn are_unsure(&self) -> bool {
        self.0.iter().any(|branch| match branch {
            Branch::Block { unsure } | Branch::Condition { unsure } => *unsure,
        })
    }

    /// Takes in a word outside of brackets; `first` is whether it begins a statement.
    pub(super) fn word(&mut self, source: &Source<'_>, at: usize, first: bool) {
        if source.is(at, "begin") {
            self.0.push(Branch::Block { unsure: false });
        } else if first && source.is(at, "if") {
            let unsure = !asks_for_existence(source, at + 1);
            self.0.push(Branch::Condition { unsure });
        } else if first && source.is(at, "case") {
            self.0.push(Branch::Condition { unsure: true });
        } else if source.is_any(at, &["else", "elsif", "elseif"]) {
            if let Some(Branch::Condition { unsure }) = self.0.last_mut() {
                *unsure = true;
            }
        } else if source.is(at, "exception") && source.is(at + 1, "when") {
            if let Some(Branch::Block { unsure }) = self.0.last_mut() {
                *unsure = true;
            }
        } else if first && source.is(at, "end") && !source.is(at + 1, "loop") {
            self.0.pop();
        }
    }
}

/// `IF [NOT] EXISTS (..) THEN`: asks whether the work is done already, so on a fresh database it says what
/// the statement behind it wants.
fn asks_for_existence(source: &Source<'_>, at: usize) -> bool {
    let open = at + 1 + usize::from(source.is(at, "not"));
    source.is(open - 1, "exists")
        && source.kind(open) == Some(Kind::Open)
        && source.is(source.closing((open, source.tokens.len())) + 1, "then")
}
