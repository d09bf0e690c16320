//! Takes secrets and addresses out of what a server said.

/// The most characters of an answer that a cell shows.
const MAX_CHARACTERS: usize = 240;

/// What must not be shown, and what is shown in its place.
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

    /// The text on one line, without what is hidden, without a JWT, and not longer than a cell may be.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut text = text.replace(|character: char| character.is_control(), " ");
        for (hidden, shown) in &self.0 {
            text = text.replace(hidden, shown);
        }
        let words = text.split(' ').map(|word| {
            // A JWT begins with the Base64 of `{"`.
            if word.contains("eyJ") {
                "<token>"
            } else {
                word
            }
        });
        let words: Vec<&str> = words.collect();
        words.join(" ").chars().take(MAX_CHARACTERS).collect()
    }
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
    fn a_cell_has_a_limit() {
        let long = "x".repeat(10_000);
        assert_eq!(Redaction::default().apply(&long).len(), 240);
    }
}
