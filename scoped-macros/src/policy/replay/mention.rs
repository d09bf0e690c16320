use super::super::name::QualifiedName;
use super::super::token::Kind;
use super::{Part, Replay};

/// What a name must be to be meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mention {
    /// Behind FROM and the like, or before a dot: a column may have a table's name.
    Table,
    /// Before an opening bracket.
    Function,
    /// Anything.
    Any,
}

impl Replay<'_> {
    /// Whether the tokens of this part name the object: what a CASCADE would find. `bare` is whether the
    /// name without a schema means it.
    pub(super) fn mentions(
        &self,
        part: Part,
        name: &QualifiedName,
        mention: Mention,
        bare: bool,
    ) -> bool {
        let source = &self.sources[part.source];
        (part.range.0..part.range.1).any(|at| {
            let named = match source.kind(at) {
                Some(Kind::Word) => source.raw(at).eq_ignore_ascii_case(&name.name),
                Some(Kind::Quoted | Kind::UnicodeQuoted) => {
                    source.name(at).as_deref() == Some(&name.name)
                }
                _ => false,
            };
            if !named {
                return false;
            }
            let qualified = at > part.range.0 + 1 && source.kind(at - 1) == Some(Kind::Dot);
            let meant = if qualified {
                source.name(at - 2).as_deref() == Some(&name.schema)
            } else {
                bare
            };
            if !meant {
                return false;
            }
            let next = source.kind(at + 1);
            match mention {
                Mention::Any => true,
                Mention::Function => next == Some(Kind::Open),
                Mention::Table => {
                    qualified
                        || next == Some(Kind::Dot)
                        || at > part.range.0
                            && source.is_any(at - 1, &["from", "join", "only", "update", "into"])
                }
            }
        })
    }
}
