use url::Url;

use crate::error::Problem;

const EXAMPLE: &str = "give it as the project knows it, such as `https://issuer.example.com`";

/// Checks a third-party issuer's name (RFC 8414, section 2). It is compared as text, so it is not
/// changed in any way, and not quoted: it may hold a password put there by mistake.
pub(super) fn check(text: &str, problems: &mut Vec<Problem>) {
    let mut refuse = |reason: &str| problems.push(Problem::new("issuer", reason, EXAMPLE));
    // A URL parser takes these away, or writes them in another way.
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("has blanks, control or non-ASCII characters");
    }
    let url = Url::parse(text).ok().filter(|url| {
        let rest = text.get(url.scheme().len()..).unwrap_or_default();
        matches!(url.scheme(), "http" | "https") && rest.starts_with("://")
    });
    let Some(url) = url else {
        return refuse("is not an http or https URL");
    };
    if !url.username().is_empty() || url.password().is_some() {
        refuse("has a user name or password");
    }
    if url.query().is_some() {
        refuse("has a query");
    }
    if url.fragment().is_some() {
        refuse("has a fragment");
    }
}
