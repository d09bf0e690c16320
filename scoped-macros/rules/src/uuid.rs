//! The text forms of UUIDs (RFC 9562).

/// The number of characters of the hyphenated form.
pub(crate) const HYPHENATED_LENGTH: usize = 36;

/// Whether a text is a UUID in hyphenated form. Two such texts of the same UUID differ at most in case.
#[must_use]
pub fn is_hyphenated(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Parses a UUID as PostgreSQL does: in any case, with or without braces, with or without a hyphen after each
/// group of four digits (`string_to_uuid` in PostgreSQL's `uuid.c`). `None` if PostgreSQL refuses the text.
#[must_use]
pub fn parse_like_postgres(text: &str) -> Option<u128> {
    let text = match (text.strip_prefix('{'), text.ends_with('}')) {
        (Some(inner), true) => inner.strip_suffix('}')?,
        (None, false) => text,
        _ => return None,
    };
    let mut value = 0_u128;
    let mut digits = 0;
    let mut may_be_hyphen = false;
    for letter in text.chars() {
        if letter == '-' && may_be_hyphen {
            may_be_hyphen = false;
            continue;
        }
        let digit = letter.to_digit(16)?;
        if digits == 32 {
            return None;
        }
        value = value << 4 | u128::from(digit);
        digits += 1;
        may_be_hyphen = digits % 4 == 0 && digits < 32;
    }
    (digits == 32).then_some(value)
}

/// Parses the ID of a user of Supabase Auth: a text that PostgreSQL reads as a UUID, or a URN (RFC 9562,
/// section 4). `None` for any other text.
#[must_use]
pub fn parse_user_id(text: &str) -> Option<u128> {
    match text.strip_prefix("urn:uuid:") {
        Some(hyphenated) if is_hyphenated(hyphenated) => parse_like_postgres(hyphenated),
        Some(_) => None,
        None => parse_like_postgres(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_hyphenated, parse_like_postgres, parse_user_id};

    const UUID: u128 = 0x6f7f_5b3c_6a4e_4b57_9f0e_2f4b_5d0c_9a11;

    #[test]
    fn a_text_is_a_uuid_if_postgresql_reads_it_as_one() {
        for text in [
            "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11",
            "6F7F5B3C-6A4E-4B57-9F0E-2F4B5D0C9A11",
            "6f7f5b3c6a4e4b579f0e2f4b5d0c9a11",
            "{6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11}",
            "{6f7f5b3c6a4e4b579f0e2f4b5d0c9a11}",
            "6f7f-5b3c-6a4e-4b57-9f0e-2f4b-5d0c-9a11",
            "6f7f5b3c-6a4e4b57-9f0e2f4b-5d0c9a11",
        ] {
            assert_eq!(parse_like_postgres(text), Some(UUID), "{text}");
            assert_eq!(parse_user_id(text), Some(UUID), "{text}");
        }
        for text in [
            "",
            "{}",
            "alice",
            "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a1",
            "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a111",
            "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11-",
            "-6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11",
            "6f7f5b3c--6a4e-4b57-9f0e-2f4b5d0c9a11",
            "6f7f5b3-c6a4e-4b57-9f0e-2f4b5d0c9a11",
            "{6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11",
            " 6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11",
        ] {
            assert_eq!(parse_user_id(text), None, "{text}");
        }
    }

    #[test]
    fn the_id_of_a_user_may_be_a_urn() {
        let urn = "urn:uuid:6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11";
        assert_eq!(parse_user_id(urn), Some(UUID));
        assert_eq!(parse_like_postgres(urn), None);
        assert_eq!(
            parse_user_id("urn:uuid:6f7f5b3c6a4e4b579f0e2f4b5d0c9a11"),
            None
        );
    }

    #[test]
    fn other_forms_of_a_uuid_are_not_hyphenated() {
        assert!(is_hyphenated("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11"));
        assert!(!is_hyphenated("6f7f5b3c6a4e4b579f0e2f4b5d0c9a11"));
        assert!(!is_hyphenated("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9aXX"));
    }
}
