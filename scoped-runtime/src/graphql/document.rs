//! Whether a GraphQL document only reads.

/// The keywords of the operations that may have an effect; see
/// <https://spec.graphql.org/October2021/#sec-Language.Operations>.
const KEYWORDS: [&str; 2] = ["mutation", "subscription"];

/// Returns the first keyword in the document that may begin an operation with an effect.
///
/// The document is not parsed, so that no difference between two parsers can make a mutation look like a query:
/// without the keyword there is no mutation. A comment, a string or the name of a field that is exactly this
/// word counts, too.
pub(super) fn effect(document: &str) -> Option<&'static str> {
    KEYWORDS
        .into_iter()
        .find(|keyword| contains_word(document, keyword))
}

/// Whether the text contains the word and it is not a part of a longer name. A digit before it may end a
/// number, so it is not counted as part of a name.
fn contains_word(text: &str, word: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.as_bytes()[..at].last();
        let after = text.as_bytes().get(at + word.len());
        !before.is_some_and(|byte| is_letter(*byte))
            && !after.is_some_and(|byte| is_letter(*byte) || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::effect;

    #[test]
    fn a_document_with_the_keyword_of_an_effect_is_found_however_it_is_written() {
        for document in [
            "mutation { a }",
            "query Q { a } mutation M { b }",
            "mutation{a}",
            "{a}mutation M{b}",
            "\u{feff}mutation\u{feff}M { b }",
            ",,,mutation,M { b }",
            "# query\rmutation M { b }",
            "# \u{2028}mutation M { b }",
            "query { a(b: \"\"\"\\\"\"\"\"\"\") } mutation M { b }",
            "fragment F on T { x } mutation M { ...F }",
            "query{a(b:0)}0mutation M{b}",
            "# a mutation in a comment",
        ] {
            assert_eq!(effect(document), Some("mutation"), "{document}");
        }
        assert_eq!(effect("subscription { a }"), Some("subscription"));
    }

    #[test]
    fn longer_names_are_no_keywords() {
        for document in [
            "{ mutationCount last_mutation mutation2 Mutation }",
            "query Q { permutations }",
        ] {
            assert_eq!(effect(document), None, "{document}");
        }
    }
}
