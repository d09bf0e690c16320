/// Literals that a policy compares a claim with.
pub struct Comparison {
    /// The enum's values, as serde names them; none if it is no enum.
    pub values: Option<&'static [&'static str]>,
    /// What the policy wants it to be, one of them.
    pub literals: &'static [&'static str],
    /// What to say if it never is.
    pub text: &'static str,
}

/// Says of each comparison that nothing can come of, what is wrong.
pub fn compared(comparisons: &[Comparison]) -> Result<(), String> {
    let wrong = comparisons.iter().filter(|comparison| {
        let values = comparison.values.unwrap_or(comparison.literals);
        !comparison
            .literals
            .iter()
            .any(|literal| values.contains(literal))
    });
    let texts: Vec<&str> = wrong.map(|comparison| comparison.text).collect();
    if texts.is_empty() {
        return Ok(());
    }
    Err(texts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{Comparison, compared};

    #[test]
    fn only_an_enum_that_is_none_of_the_literals_is_wrong() {
        let comparison = |values, literals| Comparison {
            values,
            literals,
            text: "it never is",
        };
        let fine = [
            comparison(None, &["gold"]),
            comparison(Some(&["free", "pro"]), &["gold", "pro"]),
        ];
        assert_eq!(compared(&fine), Ok(()));
        let wrong = [comparison(Some(&["free", "pro"]), &["gold"])];
        assert_eq!(compared(&wrong).unwrap_err(), "it never is");
    }
}
