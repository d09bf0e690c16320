use super::token::{Token, TokenKind};

/// The end of a quoted text.
pub(crate) struct QuotedEnd {
    pub(crate) at: usize,
    pub(crate) closed: bool,
}

/// Finds the quote that closes the one at `open`. A doubled quote is a character of the text, a backslash
/// escapes in E-strings only, and a string continues after a line break if another quote opens there
/// (PostgreSQL's manual, section 4.1.2.1).
pub(crate) fn end(bytes: &[u8], open: usize, kind: TokenKind) -> QuotedEnd {
    let quote = bytes[open];
    let mut at = open + 1;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'\\' && kind == TokenKind::Escaped {
            at += 2;
        } else if byte == quote {
            if at + 1 < bytes.len() && bytes[at + 1] == quote {
                at += 2;
                continue;
            }
            match continued(bytes, at + 1) {
                Some(next) if quote == b'\'' => at = next + 1,
                _ => {
                    return QuotedEnd {
                        at: at + 1,
                        closed: true,
                    };
                }
            }
        } else {
            at += 1;
        }
    }
    QuotedEnd {
        at: bytes.len(),
        closed: false,
    }
}

/// The offset of the quote that continues a string on a later line.
pub(crate) fn continued(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut line = false;
    while at < bytes.len() && matches!(bytes[at], b' ' | b'\t' | b'\n' | b'\r' | 0x0c) {
        line |= matches!(bytes[at], b'\n' | b'\r');
        at += 1;
    }
    (line && at < bytes.len() && bytes[at] == b'\'').then_some(at)
}

/// The offset behind `UESCAPE 'x'`, which belongs to the `U&` string before it; `from`, if there is none.
pub(crate) fn behind_uescape(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    let word = rest.trim_ascii_start();
    let Some((head, behind)) = word.split_at_checked(b"uescape".len()) else {
        return from;
    };
    match behind.trim_ascii_start() {
        [b'\'', _, b'\'', end @ ..] if head.eq_ignore_ascii_case(b"uescape") => {
            bytes.len() - end.len()
        }
        _ => from,
    }
}

/// Where to cut a quoted text that contains whole statements: at the end of its first line. The lexer asks
/// only for files with an unbalanced quote.
pub(crate) fn cut(bytes: &[u8], start: usize, end: usize, closed: bool) -> Option<usize> {
    let line = bytes[start..end].iter().position(|byte| *byte == b'\n')? + start;
    let mut at = line;
    while at < end {
        if bytes[at] == b'\n' && begins_statement(&bytes[at + 1..end]) {
            return Some(line);
        }
        at += 1;
    }
    (!closed).then_some(line)
}

fn begins_statement(rest: &[u8]) -> bool {
    [
        "create ", "alter ", "drop ", "grant ", "revoke ", "comment ", "insert ",
    ]
    .iter()
    .any(|head| {
        rest.get(..head.len())
            .is_some_and(|rest| rest.eq_ignore_ascii_case(head.as_bytes()))
    })
}

/// The first offset of `needle`, from `from` on.
pub(crate) fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at + needle.len() <= bytes.len() {
        if bytes[at] == needle[0] && &bytes[at..at + needle.len()] == needle {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Whether the statement is `COPY t (..) FROM stdin ..;`, after which data follow that are not SQL.
pub(crate) fn is_copy_from_stdin(bytes: &[u8], statement: &[Token]) -> bool {
    let word = |token: &Token, word: &str| {
        bytes[token.start as usize..token.end as usize].eq_ignore_ascii_case(word.as_bytes())
    };
    statement.first().is_some_and(|first| word(first, "copy"))
        && statement
            .windows(2)
            .any(|pair| word(&pair[0], "from") && word(&pair[1], "stdin"))
}

/// The offset behind the line `\.` that ends the data of a COPY.
pub(crate) fn copy_data_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = find(bytes, b"\n\\.", at) {
        let after = found + 3;
        if matches!(bytes.get(after), None | Some(b'\n' | b'\r')) {
            return after;
        }
        at = after;
    }
    // Without that line the file has no data: another tool sends them.
    from
}
