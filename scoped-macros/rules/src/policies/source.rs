use std::borrow::Cow;

use super::lexer::{lex, lex_file};
use super::name::{UNKNOWN, WrittenName, fold, truncate};
use super::string_escape::{bytes_escaped, escape, escape_sign, first_of};
use super::token::{Token, TokenKind};

/// A text with its tokens: a file, or SQL from a string in a file.
pub(crate) struct Source<'a> {
    pub(crate) file: usize,
    pub(crate) text: Cow<'a, str>,
    pub(crate) tokens: Vec<Token>,
    /// Whether the text is dynamic SQL.
    pub(crate) dynamic: bool,
    /// Pairs of an offset in the text and the offset in the file where the text from there on comes from;
    /// ascending.
    map: Vec<(u32, u32)>,
}

/// A text that is composed of literals, with the place of each in the file.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct MappedText {
    pub(crate) text: String,
    pub(crate) map: Vec<(u32, u32)>,
}

impl MappedText {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no text is longer than its file"
    )]
    pub(crate) fn push(&mut self, other: &Self) {
        let shift = self.text.len() as u32;
        self.text.push_str(&other.text);
        self.map
            .extend(other.map.iter().map(|(from, to)| (from + shift, *to)));
    }

    pub(crate) fn unknown() -> Self {
        Self {
            text: UNKNOWN.to_string(),
            map: Vec::new(),
        }
    }
}

impl<'a> Source<'a> {
    pub(crate) fn file(file: usize, text: &'a str) -> Self {
        let (mut tokens, marked) = lex_file(text);
        let mut text = Cow::Borrowed(text);
        if marked {
            let applied = super::migration_direction::applied(&text);
            tokens = lex(&applied);
            text = Cow::Owned(applied);
        }
        Self {
            file,
            tokens,
            text,
            dynamic: false,
            map: vec![(0, 0)],
        }
    }

    pub(crate) fn nested(&self, pieces: MappedText, dynamic: bool) -> Source<'static> {
        Source {
            file: self.file,
            tokens: lex(&pieces.text),
            text: Cow::Owned(pieces.text),
            dynamic: self.dynamic || dynamic,
            map: pieces.map,
        }
    }

    /// A source for SQL that is composed of literals.
    pub(crate) fn of_pieces(pieces: MappedText) -> Source<'static> {
        Source {
            file: 0,
            tokens: lex(&pieces.text),
            text: Cow::Owned(pieces.text),
            dynamic: true,
            map: pieces.map,
        }
    }

    /// The offset in the file of an offset in the text.
    pub(crate) fn file_offset(&self, offset: u32) -> u32 {
        let index = self.map.partition_point(|(from, _)| *from <= offset);
        match index.checked_sub(1).and_then(|index| self.map.get(index)) {
            Some((from, to)) => to + (offset - from),
            None => self.map.first().map_or(0, |(_, to)| *to),
        }
    }

    pub(crate) fn raw(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(token) => self
                .text
                .get(token.start as usize..token.end as usize)
                .unwrap_or(""),
            None => "",
        }
    }

    pub(crate) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether the token is this keyword; `word` is in lower case.
    pub(crate) fn is(&self, at: usize, word: &str) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        let (start, length) = (token.start as usize, (token.end - token.start) as usize);
        if token.kind != TokenKind::Word || length != word.len() {
            return false;
        }
        let (text, word) = (self.text.as_bytes(), word.as_bytes());
        text[start] | 0x20 == word[0] && text[start..start + length].eq_ignore_ascii_case(word)
    }

    /// Whether the token is one of these keywords; `words` are in lower case.
    pub(crate) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        if token.kind != TokenKind::Word {
            return false;
        }
        let text = self.text.as_bytes();
        let (start, length) = (token.start as usize, (token.end - token.start) as usize);
        let first = text[start] | 0x20;
        // A hand-written loop, because this runs for every other token in unoptimised code.
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            if word.len() == length
                && word[0] == first
                && text[start..start + length].eq_ignore_ascii_case(word)
            {
                return true;
            }
            index += 1;
        }
        false
    }

    /// The name that the token is, as PostgreSQL stores it.
    pub(crate) fn name(&self, at: usize) -> Option<String> {
        match self.kind(at)? {
            TokenKind::Word => Some(fold(self.raw(at))),
            TokenKind::Quoted | TokenKind::UnicodeQuoted => Some(truncate(self.decoded(at)?.text)),
            _ => None,
        }
    }

    /// The name `a`, `a.b` or `database.a.b`, and the index of the token after it.
    pub(crate) fn qualified(&self, at: usize) -> Option<(WrittenName, usize)> {
        let mut name = self.name(at)?;
        let mut schema = None;
        let mut at = at + 1;
        while self.kind(at) == Some(TokenKind::Dot)
            && let Some(next) = self.name(at + 1)
        {
            schema = Some(std::mem::replace(&mut name, next));
            at += 2;
        }
        Some((WrittenName { schema, name }, at))
    }

    /// The value of a string token.
    pub(crate) fn literal(&self, at: usize) -> Option<String> {
        if !self.kind(at)?.is_text() {
            return None;
        }
        Some(self.decoded(at)?.text)
    }

    /// The value of a quoted token, with places in the file. Escapes are decoded; unknown escapes stay as
    /// they are written.
    pub(crate) fn decoded(&self, at: usize) -> Option<MappedText> {
        let token = self.tokens.get(at)?;
        let raw = self.raw(at);
        let open = first_of(raw, 0, b"'\"$")?;
        let mut pieces = MappedText::default();
        if token.kind == TokenKind::Dollar {
            let tag = raw[1..].find('$')? + 2;
            let end = match raw.len().checked_sub(tag) {
                Some(end) if end >= tag && raw.ends_with(&raw[..tag]) => end,
                _ => raw.len(),
            };
            self.keep(&mut pieces, token.start as usize + tag, raw.get(tag..end)?);
            return Some(pieces);
        }
        let quote = raw.as_bytes()[open] as char;
        let sign = escape_sign(raw, open, token.kind);
        let mut rest = open + 1;
        while rest < raw.len() {
            let stop = first_of(raw, rest, &[quote as u8, sign]).unwrap_or(raw.len());
            self.keep(&mut pieces, token.start as usize + rest, &raw[rest..stop]);
            let after = &raw[stop..];
            let (said, width) = if let Some((text, width)) = bytes_escaped(after, token.kind) {
                pieces.text.push_str(&text);
                (None, width)
            } else if after.starts_with(sign as char) {
                escape(after, token.kind)
            } else if after.len() > 1 && after[1..].starts_with(quote) {
                (Some(quote), 2)
            } else {
                match super::quoted_text::continued(raw.as_bytes(), stop + 1) {
                    Some(next) if quote == '\'' => (None, next + 1 - stop),
                    _ => break,
                }
            };
            pieces.text.extend(said);
            rest = stop + width;
        }
        Some(pieces)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the lexer has looked")]
    fn keep(&self, pieces: &mut MappedText, start: usize, text: &str) {
        let start = start as u32;
        let end = start + text.len() as u32;
        let at = pieces.text.len() as u32;
        pieces.map.push((at, self.file_offset(start)));
        let inside = self.map.partition_point(|(from, _)| *from <= start);
        let breaks = self.map[inside..]
            .iter()
            .take_while(|(from, _)| *from < end);
        pieces
            .map
            .extend(breaks.map(|(from, to)| (at + from - start, *to)));
        pieces.text.push_str(text);
    }

    /// The index of the bracket that closes the one at the head of the range, or the end of the range.
    pub(crate) fn closing(&self, (at, end): (usize, usize)) -> usize {
        let mut depth = 0_usize;
        let mut at = at;
        while at < end {
            match self.kind(at) {
                Some(TokenKind::Open) => depth += 1,
                Some(TokenKind::Close) if depth <= 1 => return at,
                Some(TokenKind::Close) => depth -= 1,
                _ if depth == 0 => return at,
                _ => {}
            }
            at += 1;
        }
        end
    }
}
