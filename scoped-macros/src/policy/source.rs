use std::borrow::Cow;

use super::lexer::lex;
use super::name::{UNKNOWN, WrittenName, fold, truncate};
use super::token::{Kind, Token};

/// A text with its tokens: a file, or SQL that was found in a string of one.
pub(crate) struct Source<'a> {
    pub(crate) file: usize,
    pub(crate) text: Cow<'a, str>,
    pub(crate) tokens: Vec<Token>,
    /// Made or run by dynamic SQL.
    pub(crate) dynamic: bool,
    /// From here in the text on, offsets into the file begin there; ascending.
    map: Vec<(u32, u32)>,
}

/// A text that was put together from literals, each with its place in the file.
#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Pieces {
    pub(crate) text: String,
    pub(crate) map: Vec<(u32, u32)>,
}

impl Pieces {
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
        let text = super::section::applied(text);
        Self {
            file,
            tokens: lex(&text),
            text,
            dynamic: false,
            map: vec![(0, 0)],
        }
    }

    pub(crate) fn nested(&self, pieces: Pieces, dynamic: bool) -> Source<'static> {
        Source {
            file: self.file,
            tokens: lex(&pieces.text),
            text: Cow::Owned(pieces.text),
            dynamic: self.dynamic || dynamic,
            map: pieces.map,
        }
    }

    /// SQL that was put together out of literals.
    pub(crate) fn of_pieces(pieces: Pieces) -> Source<'static> {
        Source {
            file: 0,
            tokens: lex(&pieces.text),
            text: Cow::Owned(pieces.text),
            dynamic: true,
            map: pieces.map,
        }
    }

    /// Where this offset of the text is in the file.
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

    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether this token is the keyword, which is in lower case.
    pub(crate) fn is(&self, at: usize, word: &str) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        let (start, length) = (token.start as usize, (token.end - token.start) as usize);
        if token.kind != Kind::Word || length != word.len() {
            return false;
        }
        let (text, word) = (self.text.as_bytes(), word.as_bytes());
        text[start] | 0x20 == word[0] && text[start..start + length].eq_ignore_ascii_case(word)
    }

    /// Whether this token is one of the keywords, which are in lower case.
    pub(crate) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        if token.kind != Kind::Word {
            return false;
        }
        let text = self.text.as_bytes();
        let (start, length) = (token.start as usize, (token.end - token.start) as usize);
        let first = text[start] | 0x20;
        // A loop by hand: this runs for every other token, unoptimised.
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

    /// The name at this token, as Postgres stores it.
    pub(crate) fn name(&self, at: usize) -> Option<String> {
        match self.kind(at)? {
            Kind::Word => Some(fold(self.raw(at))),
            Kind::Quoted | Kind::UnicodeQuoted => Some(truncate(self.decoded(at)?.text)),
            _ => None,
        }
    }

    /// `a`, `a.b` or `database.a.b`, and the token behind.
    pub(crate) fn qualified(&self, at: usize) -> Option<(WrittenName, usize)> {
        let mut name = self.name(at)?;
        let mut schema = None;
        let mut at = at + 1;
        while self.kind(at) == Some(Kind::Dot)
            && let Some(next) = self.name(at + 1)
        {
            schema = Some(std::mem::replace(&mut name, next));
            at += 2;
        }
        Some((WrittenName { schema, name }, at))
    }

    /// What a string says.
    pub(crate) fn literal(&self, at: usize) -> Option<String> {
        if !self.kind(at)?.is_text() {
            return None;
        }
        Some(self.decoded(at)?.text)
    }

    /// What a quoted token says, with places. Escapes are undone; unknown ones are kept as written.
    pub(crate) fn decoded(&self, at: usize) -> Option<Pieces> {
        let token = self.tokens.get(at)?;
        let raw = self.raw(at);
        let open = first_of(raw, 0, b"'\"$")?;
        let mut pieces = Pieces::default();
        if token.kind == Kind::Dollar {
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
                match super::quote::continued(raw.as_bytes(), stop + 1) {
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
    fn keep(&self, pieces: &mut Pieces, start: usize, text: &str) {
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

    /// The bracket that closes the one at the head of the range, or its end.
    pub(crate) fn closing(&self, (at, end): (usize, usize)) -> usize {
        let mut depth = 0_usize;
        let mut at = at;
        while at < end {
            match self.kind(at) {
                Some(Kind::Open) => depth += 1,
                Some(Kind::Close) if depth <= 1 => return at,
                Some(Kind::Close) => depth -= 1,
                _ if depth == 0 => return at,
                _ => {}
            }
            at += 1;
        }
        end
    }
}

/// The first place from `from` on of one of these ASCII characters.
fn first_of(text: &str, from: usize, wanted: &[u8]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let mut index = 0;
        while index < wanted.len() {
            if bytes[at] == wanted[index] {
                return Some(at);
            }
            index += 1;
        }
        at += 1;
    }
    None
}

/// The character that begins an escape: a backslash, or what stands behind UESCAPE.
fn escape_sign(raw: &str, open: usize, kind: Kind) -> u8 {
    let unicode = matches!(kind, Kind::Unicode | Kind::UnicodeQuoted);
    let end = if unicode {
        super::quote::end(raw.as_bytes(), open, kind).at
    } else {
        raw.len()
    };
    match raw.as_bytes().get(end..) {
        Some([.., sign, b'\'']) => *sign,
        _ => b'\\',
    }
}

/// Octal and hexadecimal escapes of an E-string are bytes, of which several may be one character.
fn bytes_escaped(rest: &str, kind: Kind) -> Option<(String, usize)> {
    if kind != Kind::Escaped {
        return None;
    }
    let mut bytes = Vec::new();
    let mut width = 0;
    while let Some(escape) = rest.get(width..).and_then(|rest| rest.strip_prefix('\\')) {
        let (digits, radix, skip, most) = match escape.strip_prefix('x') {
            Some(digits) => (digits, 16, 2, 2),
            None => (escape, 8, 1, 3),
        };
        let count = digits
            .chars()
            .take(most)
            .take_while(|digit| digit.is_digit(radix))
            .count();
        let Ok(value) = u32::from_str_radix(&digits[..count], radix) else {
            break;
        };
        // Postgres keeps the lowest eight bits.
        bytes.push((value & 0xff) as u8);
        width += skip + count;
    }
    (width > 0).then(|| (String::from_utf8_lossy(&bytes).into_owned(), width))
}

/// What the sign at the head of `rest` says, and the length of it all.
fn escape(rest: &str, kind: Kind) -> (Option<char>, usize) {
    let digits = |from: usize, count: usize, radix: u32| {
        let digits = rest.get(from..from + count)?;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?).map(|c| (Some(c), from + count))
    };
    let second = rest[1..].chars().next();
    let read = match (kind, second) {
        (Kind::Unicode | Kind::UnicodeQuoted, Some('+')) => digits(2, 6, 16),
        (Kind::Unicode | Kind::UnicodeQuoted, second) if second == rest.chars().next() => {
            Some((second, 2))
        }
        (Kind::Unicode | Kind::UnicodeQuoted, _) => digits(1, 4, 16),
        (Kind::Escaped, Some('u')) => digits(2, 4, 16),
        (Kind::Escaped, Some('U')) => digits(2, 8, 16),
        (Kind::Escaped, Some('n')) => Some((Some('\n'), 2)),
        (Kind::Escaped, Some('t')) => Some((Some('\t'), 2)),
        (Kind::Escaped, Some('r')) => Some((Some('\r'), 2)),
        (Kind::Escaped, Some('b')) => Some((Some('\u{8}'), 2)),
        (Kind::Escaped, Some('f')) => Some((Some('\u{c}'), 2)),
        (Kind::Escaped, Some(other)) => Some((Some(other), 1 + other.len_utf8())),
        _ => None,
    };
    read.unwrap_or((rest.chars().next(), 1))
}
