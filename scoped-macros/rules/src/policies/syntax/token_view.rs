use super::super::name::WrittenName;
use super::super::source::{MappedText, Source};
use super::super::statements::TokenRange;
use super::super::token::TokenKind;
use super::keywords::KEYWORDS;

/// No such bracket.
pub(crate) const NONE: usize = usize::MAX;

/// A range of tokens, counted from 0, with their brackets matched.
pub(crate) struct TokenView<'s> {
    pub(crate) source: &'s Source<'s>,
    start: usize,
    pub(crate) len: usize,
    /// The other bracket, of brackets.
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
                    // A bracket that closes nothing is damage, and means nothing.
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

    /// The index in the source. Places before the beginning come out behind the end.
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

    /// What a string says, with its places.
    pub(crate) fn text(&self, at: usize) -> Option<MappedText> {
        if !self.kind(at)?.is_text() {
            return None;
        }
        self.source.decoded(self.index(at))
    }

    /// `a` or `a.b`, and the token behind.
    pub(crate) fn qualified(&self, at: usize) -> Option<(WrittenName, usize)> {
        let index = self.index(at);
        let (name, next) = self.source.qualified(index)?;
        Some((name, at + (next - index)))
    }

    /// The name whose last part stands here, and that part.
    pub(crate) fn qualified_before(&self, at: usize) -> Option<(WrittenName, usize)> {
        let name = self.name(at)?;
        let dotted = at >= 2 && self.kind(at - 1) == Some(TokenKind::Dot);
        let schema = if dotted { self.name(at - 2) } else { None };
        Some((WrittenName { schema, name }, at + 1))
    }

    /// Whether a name stands here that is no keyword of the grammar around expressions.
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

    /// The type written here, and the token behind.
    pub(crate) fn type_at(&self, at: usize) -> (String, usize) {
        if at >= self.len {
            return (String::new(), at);
        }
        let end = self.start + self.len;
        let (name, next) = super::super::type_name::type_at(self.source, self.start + at, end);
        (name, next - self.start)
    }

    /// In the file.
    pub(crate) fn file_offset(&self, at: usize) -> u32 {
        let token = self.source.tokens.get(self.index(at));
        self.source
            .file_offset(token.map_or(0, |token| token.start))
    }
}
