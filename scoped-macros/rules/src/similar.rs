//! Suggestions for misspelled names.

/// The known name that is most similar to the written one, for ``did you mean `role`?``. `None` if no name is
/// similar.
#[must_use]
pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known
        .iter()
        .map(|name| (distance(written, name), *name))
        .filter(|(distance, _)| *distance <= limit(written));
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The largest Levenshtein distance at which a name is a misspelling of another.
pub(crate) fn limit(written: &str) -> usize {
    written.len().max(3) / 3
}

/// The Levenshtein distance of two texts. Only the first 128 characters of each count.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(128).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().take(128).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelled_name_is_suggested_and_an_unrelated_one_is_not() {
        assert_eq!(nearest("rol", &["user", "role"]), Some("role"));
        assert_eq!(nearest("lifetime", &["user", "role"]), None);
    }
}
