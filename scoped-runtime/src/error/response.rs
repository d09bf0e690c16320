//! What the errors of all services have in common: how their responses are read, and how they are shown.

use std::fmt;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

/// The body of an error response.
pub(super) struct ErrorBody {
    /// `null` if the body is not JSON.
    pub(super) json: Value,
    /// Whether the body is a web page, as a gateway in front of the service sends it.
    is_page: bool,
}

impl ErrorBody {
    pub(super) fn new(headers: &HeaderMap, bytes: &[u8]) -> Self {
        Self {
            json: serde_json::from_slice(bytes).unwrap_or_default(),
            is_page: header(headers, CONTENT_TYPE.as_str()).is_some_and(is_html),
        }
    }

    /// The first characters of a body that is plain text, and not empty.
    #[cfg(any(feature = "functions", feature = "storage"))]
    pub(super) fn plain_text(&self, bytes: &[u8], max_characters: usize) -> Option<String> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim();
        let is_plain = self.json.is_null() && !self.is_page && !text.is_empty();
        is_plain.then(|| text.chars().take(max_characters).collect())
    }

    /// The hint for a web page. A gateway answers a status of the 5xx class with one although the URL is right.
    pub(super) fn page_hint(&self, status: u16) -> Option<&'static str> {
        let is_wrong_url = self.is_page && status < 500;
        is_wrong_url.then_some(
            "does `SUPABASE_URL` lead to the project's API, with the path that stands in front of it",
        )
    }

    /// The message of an error whose response has none.
    pub(super) fn no_message(&self) -> String {
        let text = if self.is_page {
            "a web page (HTML)"
        } else {
            NO_REASON
        };
        text.to_owned()
    }
}

/// The hint for a token whose signature the server does not accept.
pub(super) const KEY_HINT: &str = "the server does not trust the key that signed the token: compare \
    `SUPABASE_JWT_SECRET`, or the signing key, with the project's JWT settings; `check_keys` does so for a signing key";

pub(super) const NO_REASON: &str = "the server gave no reason";

/// The value of a header, if it is text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a `Content-Type` is the type of a web page.
pub(crate) fn is_html(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|html| kind.eq_ignore_ascii_case(html))
}

/// Whether a status says that the server limits requests, or is busy or down.
pub(super) fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// Writes `404 (code): message; hint: what to do`.
pub(super) fn write_answer(
    f: &mut fmt::Formatter<'_>,
    status: u16,
    code: Option<&str>,
    message: &str,
    hint: Option<&str>,
) -> fmt::Result {
    write!(f, "{status}")?;
    if let Some(code) = code {
        write!(f, " ({})", Escaped(code))?;
    }
    write!(f, ": {}", Escaped(message))?;
    write_hint(f, hint)
}

/// Writes `; hint: what to do`.
pub(super) fn write_hint(f: &mut fmt::Formatter<'_>, hint: Option<&str>) -> fmt::Result {
    match hint {
        Some(hint) => write!(f, "; hint: {}", Escaped(hint)),
        None => Ok(()),
    }
}

/// Control characters, line separators and marks that change the direction of text: they can forge lines of a log.
pub(crate) fn is_control(letter: char) -> bool {
    let is_mark = matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || is_mark
}

/// A server's text with what can forge a line of a log escaped.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.chars().try_for_each(|letter| {
            if is_control(letter) {
                write!(f, "{}", letter.escape_default())
            } else {
                f.write_char(letter)
            }
        })
    }
}
