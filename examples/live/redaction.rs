//! Takes secrets and addresses out of what a server said.

use std::net::{IpAddr, SocketAddr};

/// The most characters of an answer that a cell shows.
const MAX_CHARACTERS: usize = 240;

/// Texts to hide, and what is shown in their place.
#[derive(Default)]
pub(crate) struct Redaction(Vec<(String, &'static str)>);

impl Redaction {
    /// Hides the text wherever it occurs.
    pub(crate) fn hide(&mut self, text: impl Into<String>, shown: &'static str) {
        let text = text.into();
        if !text.is_empty() {
            self.0.push((text, shown));
        }
    }

    /// The text on one line, without what is hidden, a JWT or an IP address, and not longer than a cell may be.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (hidden, shown) in &self.0 {
            text = text.replace(hidden, shown);
        }
        let text = text.replace(|character: char| character.is_control(), " ");
        let words = text.split(' ').map(|word| {
            // A JWT begins with the Base64 of `{"`.
            if word.contains("eyJ") {
                "<token>"
            } else if is_address(word) {
                "<address>"
            } else {
                word
            }
        });
        let words: Vec<&str> = words.collect();
        words.join(" ").chars().take(MAX_CHARACTERS).collect()
    }
}

/// Whether the word is an IP address, with or without a port, in quotes or before a comma or a colon.
fn is_address(word: &str) -> bool {
    let address = word.trim_matches(|character: char| "\"'`(),;.".contains(character));
    let address = address.strip_suffix(':').unwrap_or(address);
    address.parse::<IpAddr>().is_ok() || address.parse::<SocketAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::Redaction;

    #[test]
    fn secrets_tokens_and_line_breaks_are_not_shown() {
        let mut redaction = Redaction::default();
        redaction.hide("abcdefgh.supabase.co", "<project>");
        redaction.hide("sb_publishable_key", "<key>");
        let said = "no sb_publishable_key\nat https://abcdefgh.supabase.co, Bearer eyJhbGciOi.eyJzdWIi.c2ln";
        assert_eq!(
            redaction.apply(said),
            "no <key> at https://<project>, Bearer <token>"
        );
    }

    #[test]
    fn addresses_and_secrets_of_several_lines_are_not_shown() {
        let mut redaction = Redaction::default();
        redaction.hide("{\n\"d\": 1\n}", "<secret>");
        let said = "entry for host \"203.0.113.7\", at 10.0.0.1:5432, [2001:db8::1]:443 or ::1: {\n\"d\": 1\n} 0.1.0";
        assert_eq!(
            redaction.apply(said),
            "entry for host <address> at <address> <address> or <address> <secret> 0.1.0"
        );
    }

    #[test]
    fn a_cell_has_a_limit() {
        let long = "x".repeat(10_000);
        assert_eq!(Redaction::default().apply(&long).len(), 240);
    }
}
