//! A text that a parser consumes from its start.

/// The error for a text that PostgREST refuses (400, PGRST100).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

pub(super) type Read<T> = Result<T, Refused>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t>(&'t str);

impl<'t> Text<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self(text)
    }

    pub(super) fn rest(self) -> &'t str {
        self.0
    }

    pub(super) fn peek(self) -> Option<char> {
        self.0.chars().next()
    }

    /// Consumes this text if the rest begins with it.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let rest = self.0.strip_prefix(text);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// Consumes this text, ignoring ASCII case.
    pub(super) fn eat_in_any_case(&mut self, text: &str) -> bool {
        let fits = self
            .0
            .get(..text.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(text));
        if fits {
            self.0 = &self.0[text.len()..];
        }
        fits
    }

    pub(super) fn expect(&mut self, text: &str) -> Read<()> {
        if self.eat(text) {
            return Ok(());
        }
        self.refuse(text)
    }

    pub(super) fn refuse<T>(self, expected: &str) -> Read<T> {
        Err(Refused(format!("expected {expected} at `{}`", self.0)))
    }

    pub(super) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let end = self.0.find(|letter| !fits(letter)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(|letter| matches!(letter, ' ' | '\t'));
    }

    /// Consumes this text and the blanks around it.
    pub(super) fn eat_lexeme(&mut self, text: &str) -> bool {
        let mut ahead = *self;
        ahead.skip_blanks();
        let found = ahead.eat(text);
        if found {
            ahead.skip_blanks();
            *self = ahead;
        }
        found
    }

    /// Consumes what the parser reads, or nothing if the parser fails.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Option<T> {
        let mut ahead = *self;
        let found = read(&mut ahead).ok()?;
        *self = ahead;
        Some(found)
    }

    /// Reads text in double quotes, in which a backslash makes the next character a literal one.
    pub(super) fn quoted(&mut self) -> Read<String> {
        self.expect("\"")?;
        let mut value = String::new();
        let mut letters = self.0.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.0 = &self.0[at + 1..];
                    return Ok(value);
                }
                '\\' => match letters.next() {
                    Some((_, letter)) => value.push(letter),
                    None => break,
                },
                letter => value.push(letter),
            }
        }
        self.refuse("a closing quote")
    }

    /// Reads a quoted text if a `,`, a `)` or the end follows.
    pub(super) fn quoted_alone(&mut self) -> Option<String> {
        self.attempt(|text| {
            let value = text.quoted()?;
            match text.peek() {
                None | Some(',' | ')') => Ok(value),
                Some(_) => text.refuse("`,` or `)`"),
            }
        })
    }
}
