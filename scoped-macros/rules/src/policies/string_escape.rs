//! Escape sequences in strings (PostgreSQL's manual, section 4.1.2).

use super::token::TokenKind;

/// The first offset, from `from` on, of one of these ASCII characters.
pub(super) fn first_of(text: &str, from: usize, wanted: &[u8]) -> Option<usize> {
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

/// The character that begins an escape: a backslash, or the one that `UESCAPE` names.
pub(super) fn escape_sign(raw: &str, open: usize, kind: TokenKind) -> u8 {
    let unicode = matches!(kind, TokenKind::Unicode | TokenKind::UnicodeQuoted);
    let end = if unicode {
        super::quoted_text::end(raw.as_bytes(), open, kind).at
    } else {
        raw.len()
    };
    match raw.as_bytes().get(end..) {
        Some([.., sign, b'\'']) => *sign,
        _ => b'\\',
    }
}

/// Octal and hexadecimal escapes of an E-string are bytes, so that several of them may encode one character.
/// Returns the decoded text and the length of the escapes.
pub(super) fn bytes_escaped(rest: &str, kind: TokenKind) -> Option<(String, usize)> {
    if kind != TokenKind::Escaped {
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
        // PostgreSQL keeps the lowest eight bits.
        bytes.push((value & 0xff) as u8);
        width += skip + count;
    }
    (width > 0).then(|| (String::from_utf8_lossy(&bytes).into_owned(), width))
}

/// The character that the escape at the head of `rest` stands for, and the length of the escape.
pub(super) fn escape(rest: &str, kind: TokenKind) -> (Option<char>, usize) {
    let digits = |from: usize, count: usize, radix: u32| {
        let digits = rest.get(from..from + count)?;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?).map(|c| (Some(c), from + count))
    };
    let second = rest[1..].chars().next();
    let read = match (kind, second) {
        (TokenKind::Unicode | TokenKind::UnicodeQuoted, Some('+')) => digits(2, 6, 16),
        (TokenKind::Unicode | TokenKind::UnicodeQuoted, second)
            if second == rest.chars().next() =>
        {
            Some((second, 2))
        }
        (TokenKind::Unicode | TokenKind::UnicodeQuoted, _) => digits(1, 4, 16),
        (TokenKind::Escaped, Some('u')) => digits(2, 4, 16),
        (TokenKind::Escaped, Some('U')) => digits(2, 8, 16),
        (TokenKind::Escaped, Some('n')) => Some((Some('\n'), 2)),
        (TokenKind::Escaped, Some('t')) => Some((Some('\t'), 2)),
        (TokenKind::Escaped, Some('r')) => Some((Some('\r'), 2)),
        (TokenKind::Escaped, Some('b')) => Some((Some('\u{8}'), 2)),
        (TokenKind::Escaped, Some('f')) => Some((Some('\u{c}'), 2)),
        (TokenKind::Escaped, Some(other)) => Some((Some(other), 1 + other.len_utf8())),
        _ => None,
    };
    read.unwrap_or((rest.chars().next(), 1))
}
