use super::super::source::Source;
use super::super::split::Range;
use super::super::token::Kind;

/// No such bracket.
pub(crate) const NONE: usize = usize::MAX;

/// Tokens to look for claims in, counted from 0, with their brackets matched.
pub(crate) struct Code<'s> {
    pub(crate) source: &'s Source<'s>,
    start: usize,
    pub(crate) len: usize,
    /// The other bracket, of brackets.
    pair: Vec<usize>,
    /// The opening bracket around each token.
    parent: Vec<usize>,
}

impl<'s> Code<'s> {
    pub(crate) fn new(source: &'s Source<'s>, (start, end): Range) -> Self {
        let len = end.min(source.tokens.len()).saturating_sub(start);
        let mut code = Self {
            source,
            start,
            len,
            pair: vec![NONE; len],
            parent: vec![NONE; len],
        };
        let mut open: Vec<usize> = Vec::new();
        for at in 0..len {
            code.parent[at] = open.last().copied().unwrap_or(NONE);
            match code.kind(at) {
                Some(Kind::Open | Kind::OpenSquare) => open.push(at),
                Some(kind @ (Kind::Close | Kind::CloseSquare)) => {
                    let wanted = match kind {
                        Kind::Close => Kind::Open,
                        _ => Kind::OpenSquare,
                    };
                    // A bracket that closes nothing is damage, and means nothing.
                    if open
                        .last()
                        .is_some_and(|open| code.kind(*open) == Some(wanted))
                        && let Some(open) = open.pop()
                    {
                        code.pair[open] = at;
                        code.pair[at] = open;
                        code.parent[at] = code.parent[open];
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

    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
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
        self.kind(at) == Some(Kind::Operator) && self.raw(at) == operator
    }

    pub(crate) fn name(&self, at: usize) -> Option<String> {
        self.source.name(self.index(at))
    }

    pub(crate) fn literal(&self, at: usize) -> Option<String> {
        self.source.literal(self.index(at))
    }

    /// Whether a name stands here that is no keyword of the grammar around expressions.
    pub(crate) fn is_plain_name(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Quoted | Kind::UnicodeQuoted) => true,
            Some(Kind::Word) => !self.is_any(at, &KEYWORDS),
            _ => false,
        }
    }

    pub(crate) fn pair(&self, at: usize) -> usize {
        self.pair.get(at).copied().unwrap_or(NONE)
    }

    pub(crate) fn parent(&self, at: usize) -> usize {
        self.parent.get(at).copied().unwrap_or(NONE)
    }

    /// The type written here, and the token behind.
    pub(crate) fn type_at(&self, at: usize) -> (String, usize) {
        if at >= self.len {
            return (String::new(), at);
        }
        let end = self.start + self.len;
        let (name, next) = super::super::replay::type_at(self.source, self.start + at, end);
        (name, next - self.start)
    }

    /// The token before, not stepping into brackets.
    pub(crate) fn before(&self, at: usize) -> usize {
        let before = at.wrapping_sub(1);
        match self.pair(before) {
            open if open < before => open,
            _ => before,
        }
    }

    /// The token behind, not stepping into brackets.
    pub(crate) fn after(&self, at: usize) -> usize {
        match self.pair(at) {
            NONE => at + 1,
            close if close > at => close + 1,
            _ => at + 1,
        }
    }

    /// In the file.
    pub(crate) fn file_offset(&self, at: usize) -> u32 {
        let token = self.source.tokens.get(self.index(at));
        self.source
            .file_offset(token.map_or(0, |token| token.start))
    }
}

/// Words that end an expression or an alias: no alias without AS is named so.
const KEYWORDS: [&str; 44] = [
    "from",
    "where",
    "and",
    "or",
    "not",
    "in",
    "is",
    "as",
    "on",
    "into",
    "limit",
    "order",
    "group",
    "having",
    "union",
    "except",
    "intersect",
    "then",
    "else",
    "end",
    "when",
    "case",
    "loop",
    "using",
    "with",
    "like",
    "ilike",
    "similar",
    "between",
    "join",
    "left",
    "right",
    "inner",
    "cross",
    "full",
    "lateral",
    "returning",
    "select",
    "values",
    "collate",
    "at",
    "any",
    "all",
    "default",
];
