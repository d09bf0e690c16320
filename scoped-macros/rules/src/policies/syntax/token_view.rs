use super::super::name::WrittenName;
use super::super::source::{MappedText, Source};
use super::super::statements::TokenRange;
use super::super::token::TokenKind;
use super::keywords::KEYWORDS;

/// The index of a bracket that does not exist.
pub(crate) const NONE: usize = usize::MAX;

/// A range of tokens with indexes from 0, and with matched brackets.
pub(crate) struct TokenView<'s> {
    pub(crate) source: &'s Source<'s>,
    start: usize,
    pub(crate) len: usize,
    /// For each bracket, the index of the matching one.
    pair: Vec<usize>,
}

impl<'s> TokenView<'s> {
    pub(crate) fn new(source: &'s Source<'s>, (start, end): TokenRange) -> Self {
        let len = end.min(source.tokens.len()).saturating_sub(start);
        let mut code = Self {
            source,
            start,
            len,
            pair: vec![NONE; len],
        };
        let mut open: Vec<usize> = Vec::new();
        for at in 0..len {
            match code.kind(at) {
                Some(TokenKind::Open | TokenKind::OpenSquare) => open.push(at),
                Some(kind @ (TokenKind::Close | TokenKind::CloseSquare)) => {
                    let wanted = match kind {
                        TokenKind::Close => TokenKind::Open,
                        _ => TokenKind::OpenSquare,
                    };
                    // A closing bracket without an opening one is ignored.
                    if open
                        .last()
                        .is_some_and(|open| code.kind(*open) == Some(wanted))
                        && let Some(open) = open.pop()
                    {
                        code.pair[open] = at;
                        code.pair[at] = open;
                    }
                }
                _ => {}
            }
        }
        code
    }

    /// The index in the source; an index out of range becomes `NONE`.
    fn index(&self, at: usize) -> usize {
        if at < self.len { self.start + at } else { NONE }
    }

    pub(crate) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.source.kind(self.index(at))
    }

    pub(crate) fn raw(&self, at: usize) -> &'s str {
        self.source.raw(self.index(at))
    }

    pub(crate) fn is(&self, at: usize, word: &str) -> bool {
        at < self.len && self.source.is(self.index(at), word)
    }

    pub(crate) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        at < self.len && self.source.is_any(self.index(at), words)
    }

    pub(crate) fn is_op(&self, at: usize, operator: &str) -> bool {
        self.kind(at) == Some(TokenKind::Operator) && self.raw(at) == operator
    }

    pub(crate) fn name(&self, at: usize) -> Option<String> {
        self.source.name(self.index(at))
    }

    /// The value of a string, with its places in the file.
    pub(crate) fn text(&self, at: usize) -> Option<MappedText> {
        if !self.kind(at)?.is_text() {
            return None;
        }
        self.source.decoded(self.index(at))
    }

    /// The name `a` or `a.b`, and the index of the token after it.
    pub(crate) fn qualified(&self, at: usize) -> Option<(WrittenName, usize)> {
        let index = self.index(at);
        let (name, next) = self.source.qualified(index)?;
        Some((name, at + (next - index)))
    }

    /// The name whose last part is at this index, and the index of the token after it.
    pub(crate) fn qualified_before(&self, at: usize) -> Option<(WrittenName, usize)> {
        let name = self.name(at)?;
        let dotted = at >= 2 && self.kind(at - 1) == Some(TokenKind::Dot);
        let schema = if dotted { self.name(at - 2) } else { None };
        Some((WrittenName { schema, name }, at + 1))
    }

    /// Whether the token is a name and not a keyword of the grammar around expressions.
    pub(crate) fn is_plain_name(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(TokenKind::Quoted | TokenKind::UnicodeQuoted) => true,
            Some(TokenKind::Word) => !self.is_any(at, &KEYWORDS),
            _ => false,
        }
    }

    pub(crate) fn pair(&self, at: usize) -> usize {
        self.pair.get(at).copied().unwrap_or(NONE)
    }

    /// The type at this index, and the index of the token after it.
    pub(crate) fn type_at(&self, at: usize) -> (String, usize) {
        if at >= self.len {
            return (String::new(), at);
        }
        let end = self.start + self.len;
        let (name, next) = super::super::type_name::type_at(self.source, self.start + at, end);
        (name, next - self.start)
    }

    /// The offset in the file.
    pub(crate) fn file_offset(&self, at: usize) -> u32 {
        let token = self.source.tokens.get(self.index(at));
        self.source
            .file_offset(token.map_or(0, |token| token.start))
    }
}
