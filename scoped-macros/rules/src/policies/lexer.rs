use super::delimiter_index::DelimiterIndex;
use super::migration_direction;
use super::quoted_text::{self, QuotedEnd};
use super::token::{Token, TokenKind, is_operator, is_word};

/// The tokens of a file, and whether one of its comments may be a marker such as `-- migrate:down`.
pub(crate) fn lex_file(text: &str) -> (Vec<Token>, bool) {
    let strict = Lexer::run(text, None);
    let marked = strict.marked;
    (or_around_damage(text, strict), marked)
}

/// The tokens of a text, as PostgreSQL's own scanner (`scan.l`) separates them.
///
/// The loops index bytes and call few functions, because a proc macro runs them unoptimised in every build.
pub(crate) fn lex(text: &str) -> Vec<Token> {
    or_around_damage(text, Lexer::run(text, None))
}

/// One apostrophe too many turns strings into code and code into strings for the rest of the file. Only a
/// text that ends inside of a quote is read again with recovery.
fn or_around_damage(text: &str, strict: Lexer<'_>) -> Vec<Token> {
    if strict.unended {
        Lexer::run(text, Some(DelimiterIndex::of(text.as_bytes()))).tokens
    } else {
        strict.tokens
    }
}

pub(crate) struct Lexer<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
    tokens: Vec<Token>,
    /// The first token of the statement, to recognise a COPY.
    statement: usize,
    /// The index for recovery; `None` while the text has no unbalanced quote.
    damage: Option<DelimiterIndex>,
    unended: bool,
    /// No `\.` follows, so that no COPY has data in this file.
    no_copy_end: bool,
    /// A comment may be a marker of the direction of a migration.
    marked: bool,
}

impl<'a> Lexer<'a> {
    fn run(text: &'a str, damage: Option<DelimiterIndex>) -> Self {
        let mut lexer = Self {
            bytes: text.as_bytes(),
            at: 0,
            tokens: Vec::with_capacity(text.len() / 6),
            statement: 0,
            damage,
            unended: false,
            no_copy_end: false,
            marked: false,
        };
        // psql skips the byte order mark of UTF-8.
        if text.starts_with('\u{feff}') {
            lexer.at = 3;
        }
        // Offsets have 32 bits.
        if text.len() < u32::MAX as usize {
            while lexer.at < lexer.bytes.len() {
                lexer.next();
            }
        }
        lexer
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        #[expect(clippy::cast_possible_truncation, reason = "`run` has looked")]
        self.tokens.push(Token {
            kind,
            start: start as u32,
            end: self.at as u32,
        });
    }

    fn one(&mut self, kind: TokenKind) {
        self.at += 1;
        self.push(kind, self.at - 1);
    }

    fn next(&mut self) {
        let start = self.at;
        match self.bytes[start] {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
            b'-' if self.peek(1) == b'-' => {
                self.marked = self.marked || migration_direction::is_marker(&self.bytes[start..]);
                self.skip_line();
            }
            b'/' if self.peek(1) == b'*' => self.comment(),
            b'\'' => self.text(TokenKind::Plain, start),
            b'"' => self.text(TokenKind::Quoted, start),
            b'e' | b'E' if self.peek(1) == b'\'' => self.prefixed(TokenKind::Escaped, 1),
            b'b' | b'B' | b'x' | b'X' | b'n' | b'N' if self.peek(1) == b'\'' => {
                self.prefixed(TokenKind::Plain, 1);
            }
            b'u' | b'U' if self.peek(1) == b'&' && self.peek(2) == b'\'' => {
                self.prefixed(TokenKind::Unicode, 2);
            }
            b'u' | b'U' if self.peek(1) == b'&' && self.peek(2) == b'"' => {
                self.prefixed(TokenKind::UnicodeQuoted, 2);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b'$' => self.dollar(),
            b'(' => self.one(TokenKind::Open),
            b')' => self.one(TokenKind::Close),
            b'[' => self.one(TokenKind::OpenSquare),
            b']' => self.one(TokenKind::CloseSquare),
            b',' => self.one(TokenKind::Comma),
            b'.' => self.one(TokenKind::Dot),
            b';' => self.semicolon(),
            b':' if self.peek(1) == b':' => {
                self.at += 2;
                self.push(TokenKind::Cast, start);
            }
            b':' if self.peek(1) == b'=' => {
                self.at += 2;
                self.push(TokenKind::Assign, start);
            }
            // A psql command takes the rest of its line, and ends the statement as `\g` does.
            b'\\' => {
                self.skip_line();
                if self.tokens.len() > self.statement {
                    self.push(TokenKind::Semicolon, start);
                }
                self.statement = self.tokens.len();
            }
            byte if is_operator(byte) => self.operator(),
            _ => self.one(TokenKind::Other),
        }
    }

    fn skip_line(&mut self) {
        while self.at < self.bytes.len() && self.bytes[self.at] != b'\n' {
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        if let Some(damage) = &self.damage {
            match damage.comment_end(self.at) {
                Some(end) => self.at = end,
                None => self.skip_line(),
            }
            return;
        }
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.bytes[self.at], self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.unended = true;
    }

    fn prefixed(&mut self, kind: TokenKind, prefix: usize) {
        let start = self.at;
        self.at += prefix;
        self.text(kind, start);
    }

    /// Reads from the opening quote to the offset behind the closing one.
    fn text(&mut self, kind: TokenKind, start: usize) {
        let QuotedEnd { at, closed } = quoted_text::end(self.bytes, self.at, kind);
        self.unended |= !closed;
        self.at = match quoted_text::cut(self.bytes, self.at, at, closed) {
            Some(cut) if self.damage.is_some() => cut,
            _ => at,
        };
        if matches!(kind, TokenKind::Unicode | TokenKind::UnicodeQuoted) {
            self.at = quoted_text::behind_uescape(self.bytes, self.at);
        }
        self.push(kind, start);
    }

    fn word(&mut self) {
        let start = self.at;
        while self.at < self.bytes.len() && is_word(self.bytes[self.at]) {
            self.at += 1;
        }
        self.push(TokenKind::Word, start);
    }

    fn number(&mut self) {
        let start = self.at;
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            let exponent = matches!(byte, b'+' | b'-')
                && matches!(self.bytes[self.at - 1], b'e' | b'E')
                && self.at > start
                && self.peek(1).is_ascii_digit();
            // `1..10` is the range of a loop, not a number.
            let dot = byte == b'.' && self.peek(1) != b'.';
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || dot || exponent) {
                break;
            }
            self.at += 1;
        }
        self.push(TokenKind::Number, start);
    }

    /// Reads a parameter such as `$1`, or a string between two equal dollar tags.
    fn dollar(&mut self) {
        let start = self.at;
        self.at += 1;
        if self.peek(0).is_ascii_digit() {
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            self.push(TokenKind::Parameter, start);
            return;
        }
        while self.at < self.bytes.len()
            && is_word(self.bytes[self.at])
            && self.bytes[self.at] != b'$'
        {
            self.at += 1;
        }
        if self.peek(0) != b'$' {
            self.push(TokenKind::Other, start);
            return;
        }
        self.at += 1;
        let tag = &self.bytes[start..self.at];
        let end = match &self.damage {
            Some(damage) => damage.tag(tag, self.at),
            None => quoted_text::find(self.bytes, tag, self.at),
        };
        if let Some(end) = end {
            self.at = end + tag.len();
            self.push(TokenKind::Dollar, start);
        } else if self.damage.is_some() {
            self.push(TokenKind::Other, start);
        } else {
            self.unended = true;
            self.at = self.bytes.len();
            self.push(TokenKind::Dollar, start);
        }
    }

    fn semicolon(&mut self) {
        self.one(TokenKind::Semicolon);
        let statement = &self.tokens[self.statement.min(self.tokens.len())..];
        if !self.no_copy_end && quoted_text::is_copy_from_stdin(self.bytes, statement) {
            let end = quoted_text::copy_data_end(self.bytes, self.at);
            self.no_copy_end = end == self.at;
            self.at = end;
        }
        self.statement = self.tokens.len();
    }

    /// The longest run of operator characters, shortened as PostgreSQL does (its manual, section 4.1.3): a
    /// comment ends the operator, and a trailing `+` or `-` belongs to the number that follows, unless the
    /// operator contains a character that no arithmetic operator has.
    fn operator(&mut self) {
        let start = self.at;
        // The markers of a merge conflict are not operators.
        let mark = &self.bytes[start..self.bytes.len().min(start + 7)];
        let line = start == 0 || self.bytes[start - 1] == b'\n';
        if line && matches!(mark, b"<<<<<<<" | b"=======" | b">>>>>>>" | b"|||||||") {
            self.skip_line();
            return;
        }
        let mut odd = false;
        while self.at < self.bytes.len() && is_operator(self.bytes[self.at]) {
            let pair = (self.bytes[self.at], self.peek(1));
            if self.at > start && matches!(pair, (b'-', b'-') | (b'/', b'*')) {
                break;
            }
            odd |= matches!(
                pair.0,
                b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`' | b'?'
            );
            self.at += 1;
        }
        while !odd && self.at > start + 1 && matches!(self.bytes[self.at - 1], b'+' | b'-') {
            self.at -= 1;
        }
        self.push(TokenKind::Operator, start);
    }
}
