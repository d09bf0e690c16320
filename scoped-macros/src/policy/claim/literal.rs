use super::super::name::UNKNOWN;
use super::super::token::Kind;
use super::code::NONE;
use super::key::array_texts;
use super::matcher::Matcher;

/// More literals in one list are not looked at.
const MAX_LITERALS: usize = 256;

impl Matcher<'_> {
    /// The literal that an operand at this place is: `'x'`, `'x'::text`, `(1)`, `true`.
    pub(crate) fn operand(&self, at: usize) -> Option<Vec<String>> {
        let code = self.code;
        let array = code.is(at, "array") && code.kind(at + 1) == Some(Kind::OpenSquare);
        let mut end = code.after(at + usize::from(array));
        while code.kind(end) == Some(Kind::Cast) {
            end = code.type_at(end + 1).1.max(end + 1);
        }
        if code.kind(end) == Some(Kind::Operator) && !is_comparison(code.raw(end)) {
            return None;
        }
        self.literals(at, end)
    }

    /// The same of the operand that ends before this place.
    pub(crate) fn operand_before(&self, end: usize) -> Option<Vec<String>> {
        let code = self.code;
        let mut at = code.before(end);
        for _ in 0..4 {
            if code.kind(at.wrapping_sub(1)) == Some(Kind::Cast) {
                at = code.before(at - 1);
            }
        }
        if code.kind(at) == Some(Kind::OpenSquare) && !code.is(at.wrapping_sub(1), "array") {
            return None;
        }
        let before = at.wrapping_sub(1);
        let called = code.is_plain_name(before) && code.kind(at) == Some(Kind::Open);
        if called || code.kind(before) == Some(Kind::Operator) {
            return None;
        }
        self.literals(at, end)
    }

    /// The list behind `ANY`, `ALL` or `IN`, from its opening bracket.
    pub(crate) fn list(&self, open: usize) -> Option<Vec<String>> {
        let close = self.code.pair(open);
        if close == NONE {
            return None;
        }
        let found = self.literals(open + 1, close)?;
        match found.as_slice() {
            [array] if array.starts_with('{') => Some(array_texts(array)),
            _ => Some(found),
        }
    }

    /// The literals between two places, if nothing else stands there.
    pub(crate) fn literals(&self, start: usize, end: usize) -> Option<Vec<String>> {
        let code = self.code;
        let mut found = Vec::new();
        let mut at = start;
        while at < end.min(code.len) {
            if let Some(text) = code.literal(at) {
                if text.contains(UNKNOWN) || found.len() >= MAX_LITERALS {
                    return None;
                }
                found.push(text);
            } else {
                match code.kind(at)? {
                    Kind::Number => found.push(code.raw(at).to_owned()),
                    Kind::Cast => {
                        at = code.type_at(at + 1).1.max(at + 1);
                        continue;
                    }
                    Kind::Open
                    | Kind::Close
                    | Kind::OpenSquare
                    | Kind::CloseSquare
                    | Kind::Comma => {}
                    Kind::Word if code.is_any(at, &["true", "false"]) => {
                        found.push(code.raw(at).to_ascii_lowercase());
                    }
                    Kind::Word if code.is_any(at, &["array", "text"]) => {}
                    _ => return None,
                }
            }
            at += 1;
        }
        (!found.is_empty()).then_some(found)
    }
}

/// Whether an operator compares: these bind less than all others.
pub(crate) fn is_comparison(operator: &str) -> bool {
    matches!(operator, "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=")
}
