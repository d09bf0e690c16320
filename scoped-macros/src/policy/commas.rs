use super::source::Source;
use super::split::Range;
use super::token::Kind;

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
