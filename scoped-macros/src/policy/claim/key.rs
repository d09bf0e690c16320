use super::super::name::UNKNOWN;
use super::super::token::Kind;
use super::code::NONE;
use super::matcher::Matcher;
use super::model::Step;

/// What stands behind `->`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    /// A literal, and the type it is cast to.
    Text {
        text: String,
        cast: Option<String>,
    },
    Index,
    Argument(usize),
    Unknown,
}

impl Key {
    pub(crate) fn step(self) -> Step {
        match self {
            Self::Text { text, .. } => Step::Key(text),
            Self::Index => Step::Element,
            Self::Argument(index) => Step::Argument(index),
            Self::Unknown => Step::Unknown,
        }
    }
}

impl Matcher<'_> {
    /// The key that begins at this place, and the token behind.
    pub(crate) fn key(&self, at: usize) -> (Key, usize) {
        let code = self.code;
        // Brackets around the whole of it say nothing.
        let mut inner = at;
        let mut depth = 0;
        while code.kind(inner) == Some(Kind::Open) && code.pair(inner) != NONE && depth < 32 {
            inner += 1;
            depth += 1;
        }
        let (mut key, mut next) = self.bare_key(inner);
        loop {
            match code.kind(next) {
                Some(Kind::Cast) => {
                    let (name, after) = code.type_at(next + 1);
                    if let Key::Text { cast, .. } = &mut key
                        && name != "text"
                        && cast.is_none()
                    {
                        *cast = Some(name);
                    }
                    next = after.max(next + 1);
                }
                Some(Kind::Close) if depth > 0 => {
                    depth -= 1;
                    next += 1;
                }
                _ => break,
            }
        }
        // What binds tighter than the arrow makes it a computed key.
        let computed = code.kind(next) == Some(Kind::Operator)
            && matches!(code.raw(next), "+" | "-" | "*" | "/" | "%" | "^");
        if depth > 0 {
            let close = code.pair(at);
            return (Key::Unknown, if close == NONE { next } else { close + 1 });
        }
        if computed {
            return (Key::Unknown, next);
        }
        (key, next)
    }

    fn bare_key(&self, at: usize) -> (Key, usize) {
        let code = self.code;
        if let Some(text) = code.literal(at) {
            let key = if text.contains(UNKNOWN) {
                Key::Unknown
            } else {
                Key::Text { text, cast: None }
            };
            return (key, at + 1);
        }
        match code.kind(at) {
            Some(Kind::Number) => (Key::Index, at + 1),
            Some(Kind::Operator) if code.kind(at + 1) == Some(Kind::Number) => (Key::Index, at + 2),
            Some(Kind::Parameter) => {
                let number = code.raw(at)[1..].parse::<usize>().unwrap_or(0);
                let index = number.checked_sub(1);
                (index.map_or(Key::Unknown, Key::Argument), at + 1)
            }
            Some(Kind::Word | Kind::Quoted | Kind::UnicodeQuoted) => self.named_key(at),
            _ => (Key::Unknown, at + 1),
        }
    }

    /// A name: an argument of the function, or something that is not known.
    fn named_key(&self, at: usize) -> (Key, usize) {
        let code = self.code;
        let mut last = at;
        while code.kind(last + 1) == Some(Kind::Dot)
            && code.kind(last + 2).is_some_and(Kind::is_name)
        {
            last += 2;
        }
        let next = last + 1;
        if matches!(code.kind(next), Some(Kind::Open | Kind::OpenSquare)) {
            return (Key::Unknown, code.after(next));
        }
        let name = code.name(last);
        let argument = self
            .setting
            .arguments
            .iter()
            .position(|argument| !argument.is_empty() && Some(argument) == name.as_ref());
        (argument.map_or(Key::Unknown, Key::Argument), next)
    }

    /// The path behind `#>`: `'{a,b}'` or `array['a', 'b']`.
    pub(crate) fn key_path(&self, at: usize) -> (Vec<Step>, usize) {
        let code = self.code;
        if code.is(at, "array") && code.kind(at + 1) == Some(Kind::OpenSquare) {
            let close = code.pair(at + 1);
            if close == NONE {
                return (vec![Step::Unknown], at + 2);
            }
            let mut steps = Vec::new();
            let mut from = at + 2;
            while from < close && steps.len() < 64 {
                let (key, next) = self.key(from);
                steps.push(match key {
                    Key::Text { text, .. } => path_step(&text),
                    key => key.step(),
                });
                from = next.max(from) + 1;
            }
            return (steps, code_after_casts(self, close + 1));
        }
        match self.key(at) {
            (Key::Text { text, .. }, next) => (path_steps(&text), next),
            (_, next) => (vec![Step::Unknown], next),
        }
    }
}

fn code_after_casts(matcher: &Matcher<'_>, at: usize) -> usize {
    if matcher.code.kind(at) == Some(Kind::Cast) {
        return matcher.code.type_at(at + 1).1.max(at + 1);
    }
    at
}

/// The parts of an array literal.
pub(crate) fn array_texts(text: &str) -> Vec<String> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    if inner.trim().is_empty() {
        return Vec::new();
    }
    let texts = inner.split(',').map(|part| part.trim().trim_matches('"'));
    texts.map(str::to_owned).collect()
}

fn path_steps(text: &str) -> Vec<Step> {
    array_texts(text)
        .iter()
        .map(|text| path_step(text))
        .collect()
}

fn path_step(text: &str) -> Step {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Step::Element
    } else {
        Step::Key(text.to_owned())
    }
}
