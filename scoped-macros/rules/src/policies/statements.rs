use std::ops::Range;

use super::source::{MappedText, Source};
use super::token::TokenKind;

/// The tokens of one statement, without the semicolon: the first one and the one after the last.
pub(crate) type TokenRange = (usize, usize);

/// The places of the statements of a text, without their semicolons and without comments around them.
#[must_use]
pub fn statement_spans(text: &str) -> Vec<Range<usize>> {
    let source = Source::of_pieces(MappedText {
        text: text.to_owned(),
        map: Vec::new(),
    });
    let place = |(start, end): TokenRange| {
        source.tokens[start].start as usize..source.tokens[end - 1].end as usize
    };
    statements(&source).into_iter().map(place).collect()
}

/// The place in a statement `WITH name AS (..), .. query` where the query begins; `None` if the statement does not begin
/// with WITH.
#[must_use]
pub fn query_after_with(statement: &str) -> Option<usize> {
    let source = Source::of_pieces(MappedText {
        text: statement.to_owned(),
        map: Vec::new(),
    });
    let end = source.tokens.len();
    if !source.is(0, "with") {
        return None;
    }
    let mut at = 1 + usize::from(source.is(1, "recursive"));
    loop {
        // The name, and in parentheses the names of the columns.
        at += 1;
        if source.kind(at) == Some(TokenKind::Open) {
            at = source.closing((at, end)) + 1;
        }
        while source.is_any(at, &["as", "not", "materialized"]) {
            at += 1;
        }
        at = source.closing((at, end)) + 1;
        while at < end
            && !matches!(source.kind(at), Some(TokenKind::Comma | TokenKind::Open))
            && !source.is_any(at, &QUERIES)
        {
            // SEARCH and CYCLE.
            at += 1;
        }
        if source.kind(at) != Some(TokenKind::Comma) {
            return source.tokens.get(at).map(|token| token.start as usize);
        }
        at += 1;
    }
}

/// The first words of queries.
const QUERIES: [&str; 7] = [
    "select", "insert", "update", "delete", "merge", "values", "table",
];

/// The statements of a text, as psql separates them: a semicolon in a `BEGIN ATOMIC` body or in the
/// parentheses of a rule does not end a statement. If a semicolon is missing, the next CREATE begins a
/// statement.
pub(crate) fn statements(source: &Source<'_>) -> Vec<TokenRange> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut head = StatementHead::default();
    let mut at = 0;
    let mut brackets = 0_usize;
    let mut blocks = 0_usize;
    while at < source.tokens.len() {
        if at == start {
            head = StatementHead::read(source, at);
            (brackets, blocks) = (0, 0);
        }
        match source.tokens[at].kind {
            TokenKind::Open => brackets += 1,
            TokenKind::Close => brackets = brackets.saturating_sub(1),
            TokenKind::Semicolon if blocks == 0 && (brackets == 0 || !head.rule) => {
                found.push((start, at));
                start = at + 1;
            }
            TokenKind::Word if head.function => {
                if source.is(at, "begin") && source.is(at + 1, "atomic")
                    || blocks > 0 && source.is(at, "case")
                {
                    blocks += 1;
                } else if source.is(at, "end") {
                    blocks = blocks.saturating_sub(1);
                }
            }
            // CREATE is a reserved word, so a semicolon is missing before it.
            TokenKind::Word
                if at > start && brackets == 0 && head.alone && source.is(at, "create") =>
            {
                found.push((start, at));
                start = at;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found.push((start, at));
    found.retain(|(start, end)| start < end);
    found
}

#[derive(Default)]
struct StatementHead {
    /// Whether it may contain a `BEGIN ATOMIC` body.
    function: bool,
    /// Whether it may contain statements in parentheses.
    rule: bool,
    /// Whether it cannot contain the word CREATE.
    alone: bool,
}

impl StatementHead {
    fn read(source: &Source<'_>, at: usize) -> Self {
        let create = source.is(at, "create");
        let mut next = at + 1;
        if create && source.is(next, "or") {
            next += 2;
        }
        Self {
            function: create && source.is_any(next, &["function", "procedure"]),
            rule: create && source.is(next, "rule"),
            alone: (create && !source.is(next, "schema"))
                || source.is_any(at, &["drop", "comment", "select", "insert"])
                || source.is(at, "alter") && !source.is(next, "default"),
        }
    }
}

/// The parts between the commas that are outside of brackets.
pub(crate) fn commas(source: &Source<'_>, (start, end): TokenRange) -> Vec<TokenRange> {
    let mut found = Vec::new();
    let mut from = start;
    let mut depth = 0_usize;
    for at in start..end {
        match source.kind(at) {
            Some(TokenKind::Open | TokenKind::OpenSquare) => depth += 1,
            Some(TokenKind::Close | TokenKind::CloseSquare) => depth = depth.saturating_sub(1),
            Some(TokenKind::Comma) if depth == 0 => {
                found.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push((from, end));
    found.retain(|(from, to)| from < to);
    found
}

/// The index of the token after `IF EXISTS` or `IF NOT EXISTS`.
pub(crate) fn skip_if_exists(source: &Source<'_>, at: usize) -> usize {
    match (
        source.is(at, "if"),
        source.is(at + 1, "not"),
        source.is(at + 1, "exists"),
    ) {
        (true, true, _) => at + 3,
        (true, _, true) => at + 2,
        _ => at,
    }
}
