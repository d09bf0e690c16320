use super::source::Source;
use super::token::Kind;

/// The tokens of one statement: from, up to, without the semicolon.
pub(crate) type Range = (usize, usize);

/// The statements of a text, as psql cuts them: a semicolon in a `BEGIN ATOMIC` body or in the
/// parentheses of a rule does not end one. Where a semicolon is missing, the next CREATE begins anew.
pub(crate) fn statements(source: &Source<'_>) -> Vec<Range> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut head = Head::default();
    let mut at = 0;
    let mut brackets = 0_usize;
    let mut blocks = 0_usize;
    while at < source.tokens.len() {
        if at == start {
            head = Head::read(source, at);
            (brackets, blocks) = (0, 0);
        }
        match source.tokens[at].kind {
            Kind::Open => brackets += 1,
            Kind::Close => brackets = brackets.saturating_sub(1),
            Kind::Semicolon if blocks == 0 && (brackets == 0 || !head.rule) => {
                found.push((start, at));
                start = at + 1;
            }
            Kind::Word if head.function => {
                if source.is(at, "begin") && source.is(at + 1, "atomic")
                    || blocks > 0 && source.is(at, "case")
                {
                    blocks += 1;
                } else if source.is(at, "end") {
                    blocks = blocks.saturating_sub(1);
                }
            }
            // CREATE is reserved, so here somebody forgot a semicolon.
            Kind::Word if at > start && brackets == 0 && head.alone && source.is(at, "create") => {
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
struct Head {
    /// May hold a `BEGIN ATOMIC` body.
    function: bool,
    /// May hold statements in parentheses.
    rule: bool,
    /// Never holds the word CREATE.
    alone: bool,
}

impl Head {
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

/// The parts between commas that stand in no brackets.
pub(crate) fn commas(source: &Source<'_>, (start, end): Range) -> Vec<Range> {
    let mut found = Vec::new();
    let mut from = start;
    let mut depth = 0_usize;
    for at in start..end {
        match source.kind(at) {
            Some(Kind::Open | Kind::OpenSquare) => depth += 1,
            Some(Kind::Close | Kind::CloseSquare) => depth = depth.saturating_sub(1),
            Some(Kind::Comma) if depth == 0 => {
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
