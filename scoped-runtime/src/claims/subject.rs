//! The rules for subjects: the ID of a user and the name of an actor.

use crate::error::is_control;

/// The longest subject, in bytes (`OpenID` Connect Core, section 2).
const MAX_BYTES: usize = 255;

/// The reason why a text cannot be a `sub`, or `None` if it can be.
pub(crate) fn problem(text: &str) -> Option<&'static str> {
    if text
        .chars()
        .all(|letter| letter.is_whitespace() || is_invisible(letter))
    {
        Some("is empty")
    } else if text.len() > MAX_BYTES {
        Some("is longer than 255 bytes")
    } else if text.chars().any(is_control) {
        Some("has control characters")
    } else {
        None
    }
}

/// Characters that are not visible (`Default_Ignorable_Code_Point` of Unicode).
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn a_subject_shows_something_and_nothing_that_forges() {
        for text in ["", " ", "\u{200b}", "\u{feff}\u{2060} ", "\u{3164}"] {
            assert_eq!(problem(text), Some("is empty"), "{text:?}");
        }
        for text in [
            "a\0b",
            "a\nb",
            "a\u{85}b",
            "a\u{2028}b",
            "a\u{202e}b",
            "\u{2066}a",
        ] {
            assert_eq!(problem(text), Some("has control characters"), "{text:?}");
        }
        assert_eq!(problem(&"a".repeat(256)), Some("is longer than 255 bytes"));
        for text in [
            "agent-7",
            "auth0|123",
            "\u{633}\u{67e}\u{6cc}\u{62f}\u{647}\u{200c}\u{62f}\u{645}",
        ] {
            assert_eq!(problem(text), None, "{text:?}");
        }
    }
}
