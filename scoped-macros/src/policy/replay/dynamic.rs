use super::super::name::UNKNOWN;
use super::super::source::{Pieces, Source};
use super::super::split::Range;
use super::super::token::Kind;
use super::Replay;
use super::function::commas;

/// More turns of a loop are not unrolled.
const MAX_TURNS: usize = 256;
const MAX_DEPTH: usize = 12;

/// The variables of a block whose texts are known, each with a value for every turn of its loop.
#[derive(Default)]
pub(crate) struct Variables(Vec<(String, Vec<Pieces>)>);

impl Variables {
    fn get(&self, name: &str) -> Option<&Vec<Pieces>> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, values)| values)
    }

    fn set(&mut self, name: &str, values: Vec<Pieces>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), values));
    }
}

/// The texts that an expression may be when nothing is known of the variables.
pub(crate) fn dynamic_texts(source: &Source<'_>, range: Range) -> Vec<Pieces> {
    texts(source, range, &Variables::default())
}

fn texts(source: &Source<'_>, range: Range, known: &Variables) -> Vec<Pieces> {
    let end = (range.0..range.1).find(|at| source.is_any(*at, &["using", "into"]));
    let range = (range.0, end.unwrap_or(range.1));
    let turns = (range.0..range.1)
        .filter_map(|at| known.get(&source.name(at)?))
        .map(Vec::len)
        .max();
    (0..turns.unwrap_or(1).clamp(1, MAX_TURNS))
        .map(|turn| {
            Evaluate {
                source,
                known,
                turn,
            }
            .text(range, 0)
        })
        .collect()
}

impl Replay<'_> {
    /// `name := value`: an array of literals, or a text.
    pub(super) fn assign(&self, index: usize, name: &str, range: Range, variables: &mut Variables) {
        let source = &self.sources[index];
        let values =
            elements(source, range).unwrap_or_else(|| self.texts((index, range), variables));
        variables.set(name, values);
    }

    /// `FOREACH x IN ARRAY ..` and `FOR x IN SELECT unnest(..)`.
    pub(super) fn loop_head(&self, index: usize, (at, end): Range, variables: &mut Variables) {
        let source = &self.sources[index];
        if !source.is_any(at, &["for", "foreach"]) {
            return;
        }
        let Some(name) = source.name(at + 1) else {
            return;
        };
        let values = elements(source, (at + 2, end)).or_else(|| {
            let mut known = (at + 2..end).filter_map(|at| source.name(at));
            known.find_map(|name| variables.get(&name)).cloned()
        });
        variables.set(&name, values.unwrap_or_default());
    }

    /// The texts that an expression may be, one for each turn of the loop it stands in.
    pub(super) fn texts(&self, (index, range): (usize, Range), known: &Variables) -> Vec<Pieces> {
        texts(&self.sources[index], range, known)
    }
}

/// The literals of an array, in whatever brackets.
fn elements(source: &Source<'_>, (start, end): Range) -> Option<Vec<Pieces>> {
    let array = (start..end).find(|at| source.is(*at, "array") || source.is(*at, "values"));
    let braces = (start..end)
        .find(|at| {
            source
                .literal(*at)
                .is_some_and(|text| text.starts_with('{'))
        })
        .filter(|_| array.is_none());
    if let Some(at) = braces {
        let pieces = source.decoded(at)?;
        let inner = pieces.text.trim_matches(['{', '}']);
        let texts = inner.split(',').map(|text| Pieces {
            text: text.trim().trim_matches('"').to_owned(),
            map: Vec::new(),
        });
        return Some(texts.collect());
    }
    let found: Vec<Pieces> = (array? + 1..end)
        .filter(|at| source.kind(*at).is_some_and(Kind::is_text))
        .filter_map(|at| source.decoded(at))
        .collect();
    (!found.is_empty()).then_some(found)
}

struct Evaluate<'s, 'a> {
    source: &'s Source<'a>,
    known: &'s Variables,
    turn: usize,
}

impl Evaluate<'_, '_> {
    /// The text of terms joined by `||`; what cannot be known is [`UNKNOWN`].
    fn text(&self, (start, end): Range, depth: usize) -> Pieces {
        let mut text = Pieces::default();
        let mut from = start;
        let mut nesting = 0_usize;
        for at in start..=end {
            match self.source.kind(at).filter(|_| at < end) {
                Some(Kind::Open | Kind::OpenSquare) => nesting += 1,
                Some(Kind::Close | Kind::CloseSquare) => nesting = nesting.saturating_sub(1),
                Some(Kind::Operator) if nesting == 0 && self.source.raw(at) == "||" => {
                    text.push(&self.term((from, at), depth));
                    from = at + 1;
                }
                None => text.push(&self.term((from, end), depth)),
                _ => {}
            }
        }
        text
    }

    fn term(&self, (at, end): Range, depth: usize) -> Pieces {
        let source = self.source;
        if depth > MAX_DEPTH || at >= end {
            return Pieces::unknown();
        }
        if source.kind(at).is_some_and(Kind::is_text) {
            return source.decoded(at).unwrap_or_else(Pieces::unknown);
        }
        let open = if source.kind(at) == Some(Kind::Open) {
            at
        } else {
            at + 1
        };
        if source.kind(open) == Some(Kind::Open) && open < end {
            let close = source.closing((open, end));
            let inside = (open + 1, close.max(open + 1));
            if open == at {
                return self.text(inside, depth + 1);
            }
            if source.is(at, "format") {
                return self.format(inside, depth + 1);
            }
            if source.is_any(
                at,
                &["quote_ident", "quote_literal", "quote_nullable", "lower"],
            ) {
                let quote = match source.is(at, "quote_ident") {
                    true => "\"",
                    false if source.is(at, "lower") => "",
                    false => "'",
                };
                return quoted(&self.text(inside, depth + 1), quote);
            }
            return Pieces::unknown();
        }
        let whole = end == at + 1 || source.kind(at + 1) == Some(Kind::Cast);
        source
            .name(at)
            .filter(|_| whole)
            .and_then(|name| {
                let values = self.known.get(&name)?;
                let only = values.first().filter(|_| values.len() == 1);
                values.get(self.turn).or(only).cloned()
            })
            .unwrap_or_else(Pieces::unknown)
    }

    /// `format('.. %I ..', a, b)`.
    fn format(&self, range: Range, depth: usize) -> Pieces {
        let mut arguments = commas(self.source, range)
            .into_iter()
            .map(|argument| self.text(argument, depth));
        let Some(template) = arguments.next() else {
            return Pieces::unknown();
        };
        let arguments: Vec<Pieces> = arguments.collect();
        let mut text = Pieces::default();
        let mut next = 0;
        let mut rest = 0;
        while let Some(found) = template.text[rest..].find('%') {
            text.push(&slice(&template, rest, rest + found));
            let spec = &template.text[rest + found + 1..];
            let digits = spec.len() - spec.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let mut width = digits;
            if digits > 0 && spec[digits..].starts_with('$') {
                next = spec[..digits]
                    .parse::<usize>()
                    .unwrap_or(1)
                    .saturating_sub(1);
                width += 1;
            }
            let letter = spec[width..].chars().next();
            match letter {
                Some('%') => text.text.push('%'),
                Some('I' | 'L' | 's') => {
                    let quote = match letter {
                        Some('I') => "\"",
                        Some('L') => "'",
                        _ => "",
                    };
                    let value = arguments.get(next).cloned();
                    text.push(&quoted(&value.unwrap_or_else(Pieces::unknown), quote));
                    next += 1;
                }
                _ => {}
            }
            rest += found + 1 + width + letter.map_or(0, char::len_utf8);
        }
        text.push(&slice(&template, rest, template.text.len()));
        text
    }
}

/// A known text in quotes. An unknown one stays bare, so that it is a name and no literal.
fn quoted(text: &Pieces, quote: &str) -> Pieces {
    if quote.is_empty() || text.text.contains(UNKNOWN) {
        return text.clone();
    }
    let doubled = text.text.replace(quote, &quote.repeat(2));
    Pieces {
        text: format!("{quote}{doubled}{quote}"),
        map: text.map.clone(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "no text is longer than its file"
)]
fn slice(pieces: &Pieces, from: usize, to: usize) -> Pieces {
    let (start, end) = (from as u32, to as u32);
    let first = pieces
        .map
        .partition_point(|(at, _)| *at <= start)
        .saturating_sub(1);
    let map = pieces.map[first..]
        .iter()
        .take_while(|(at, _)| *at < end)
        .map(|(at, file)| match start.checked_sub(*at) {
            Some(into) => (0, file + into),
            None => (at - start, *file),
        });
    Pieces {
        text: pieces.text[from..to].to_owned(),
        map: map.collect(),
    }
}
