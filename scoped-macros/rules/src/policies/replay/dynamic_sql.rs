use std::collections::HashMap;

use super::super::source::{MappedText, Source};
use super::super::statements::{TokenRange, commas};
use super::super::text_functions;
use super::super::token::TokenKind;
use super::Replay;

/// The most iterations of a loop that are unrolled.
const MAX_TURNS: usize = 256;
const MAX_DEPTH: usize = 12;

/// The variables of a block whose texts are known, each with one text for every iteration of its loop.
#[derive(Default)]
pub(crate) struct Variables(HashMap<String, Vec<MappedText>>);

impl Variables {
    fn get(&self, name: &str) -> Option<&Vec<MappedText>> {
        self.0.get(name)
    }

    pub(super) fn set(&mut self, name: &str, values: Vec<MappedText>) {
        self.0.insert(name.to_owned(), values);
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }
}

fn texts(source: &Source<'_>, range: TokenRange, known: &Variables) -> Vec<MappedText> {
    let end = (range.0..range.1).find(|at| source.is_any(*at, &["using", "into"]));
    let range = (range.0, end.unwrap_or(range.1));
    let turns = (range.0..range.1)
        .filter_map(|at| known.get(&name_of(source, at)?))
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

/// The name of a variable, or `$1`.
fn name_of(source: &Source<'_>, at: usize) -> Option<String> {
    match source.kind(at)? {
        TokenKind::Parameter => Some(source.raw(at).to_owned()),
        _ => source.name(at),
    }
}

impl Replay<'_> {
    /// Assigns an array of literals or a text to a variable. If the branch may not run, the variable has the
    /// old or the new value.
    pub(super) fn assign(
        &self,
        index: usize,
        name: &str,
        range: TokenRange,
        variables: &mut Variables,
    ) {
        let source = &self.sources[index];
        let mut values =
            elements(source, range).unwrap_or_else(|| self.texts((index, range), variables));
        if self.unsure
            && let Some(known) = variables.get(name)
        {
            values.extend(known.iter().cloned());
            values.truncate(MAX_TURNS);
        }
        variables.set(name, values);
    }

    /// Binds the variable of `FOREACH x IN ARRAY ..` and `FOR x IN SELECT unnest(..)`. Returns whether all
    /// iterations are known.
    pub(super) fn loop_head(
        &self,
        index: usize,
        (at, end): TokenRange,
        variables: &mut Variables,
    ) -> bool {
        let source = &self.sources[index];
        if !source.is_any(at, &["for", "foreach"]) {
            return !source.is(at, "while");
        }
        let Some(name) = source.name(at + 1) else {
            return false;
        };
        // `FOR i IN 1..3`.
        let range = (at + 2..end).any(|at| source.raw(at) == ".");
        self.bind_elements(index, &name, (at + 2, end), variables) || range
    }

    /// Binds the variable to the elements of the array literal in this range, one for each iteration.
    pub(super) fn bind_elements(
        &self,
        index: usize,
        name: &str,
        (at, end): TokenRange,
        variables: &mut Variables,
    ) -> bool {
        let source = &self.sources[index];
        let values = elements(source, (at, end)).or_else(|| {
            let mut known = (at..end).filter_map(|at| source.name(at));
            known.find_map(|name| variables.get(&name)).cloned()
        });
        let known = values.is_some();
        variables.set(name, values.unwrap_or_default());
        known
    }

    /// The texts that an expression may have, one for each iteration of the loop around it.
    pub(super) fn texts(
        &self,
        (index, range): (usize, TokenRange),
        known: &Variables,
    ) -> Vec<MappedText> {
        texts(&self.sources[index], range, known)
    }
}

/// The literals of `array['a', 'b']` or `('a', 'b')`.
fn elements(source: &Source<'_>, (start, end): TokenRange) -> Option<Vec<MappedText>> {
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
        let texts = inner.split(',').map(|text| MappedText {
            text: text.trim().trim_matches('"').to_owned(),
            map: Vec::new(),
        });
        return Some(texts.collect());
    }
    let found: Vec<MappedText> = (array? + 1..end)
        .filter(|at| source.kind(*at).is_some_and(TokenKind::is_text))
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
    /// The text of terms that `||` joins; an unknown term is [`UNKNOWN`].
    fn text(&self, (start, end): TokenRange, depth: usize) -> MappedText {
        let mut text = MappedText::default();
        let mut from = start;
        let mut nesting = 0_usize;
        for at in start..=end {
            match self.source.kind(at).filter(|_| at < end) {
                Some(TokenKind::Open | TokenKind::OpenSquare) => nesting += 1,
                Some(TokenKind::Close | TokenKind::CloseSquare) => {
                    nesting = nesting.saturating_sub(1);
                }
                Some(TokenKind::Operator) if nesting == 0 && self.source.raw(at) == "||" => {
                    text.push(&self.term((from, at), depth));
                    from = at + 1;
                }
                None => text.push(&self.term((from, end), depth)),
                _ => {}
            }
        }
        text
    }

    fn term(&self, (at, end): TokenRange, depth: usize) -> MappedText {
        let source = self.source;
        if depth > MAX_DEPTH || at >= end {
            return MappedText::unknown();
        }
        if source.kind(at).is_some_and(TokenKind::is_text) {
            return source.decoded(at).unwrap_or_else(MappedText::unknown);
        }
        let open = if source.kind(at) == Some(TokenKind::Open) {
            at
        } else {
            at + 1
        };
        if source.kind(open) == Some(TokenKind::Open) && open < end {
            let close = source.closing((open, end));
            let inside = (open + 1, close.max(open + 1));
            if open == at {
                return self.text(inside, depth + 1);
            }
            if source.is(at, "format") {
                return self.format(inside, depth + 1);
            }
            let text = |depth| self.text(inside, depth);
            return if source.is(at, "quote_ident") {
                text_functions::identifier(&text(depth + 1))
            } else if source.is_any(at, &["quote_literal", "quote_nullable"]) {
                text_functions::literal(&text(depth + 1))
            } else if source.is_any(at, &["lower", "trim", "text", "concat"]) {
                text(depth + 1)
            } else {
                MappedText::unknown()
            };
        }
        let whole = end == at + 1 || source.kind(at + 1) == Some(TokenKind::Cast);
        name_of(source, at)
            .filter(|_| whole)
            .and_then(|name| {
                let values = self.known.get(&name)?;
                let only = values.first().filter(|_| values.len() == 1);
                values.get(self.turn).or(only).cloned()
            })
            .unwrap_or_else(MappedText::unknown)
    }

    /// The text of `format('.. %I ..', a, b)`.
    fn format(&self, range: TokenRange, depth: usize) -> MappedText {
        let mut arguments = commas(self.source, range)
            .into_iter()
            .map(|argument| self.text(argument, depth));
        let Some(template) = arguments.next() else {
            return MappedText::unknown();
        };
        let arguments: Vec<MappedText> = arguments.collect();
        text_functions::format(&template, &arguments)
    }
}
