/// Literals that a policy compares a claim with.
pub struct EnumLiterals {
    /// The enum's values, as serde names them; none if it is no enum.
    pub values: Option<&'static [&'static str]>,
    /// What the policy wants it to be, one of them.
    pub literals: &'static [&'static str],
    /// What to say if it never is.
    pub text: &'static str,
}

/// Says of each comparison that nothing can come of, what is wrong.
pub fn check_enum_literals(comparisons: &[EnumLiterals]) -> Result<(), String> {
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
    use super::{EnumLiterals, check_enum_literals};

    #[test]
    fn only_an_enum_that_is_none_of_the_literals_is_wrong() {
        let literals_of = |values, literals| EnumLiterals {
            values,
            literals,
            text: "it never is",
        };
        let fine = [
            literals_of(None, &["gold"]),
            literals_of(Some(&["free", "pro"]), &["gold", "pro"]),
        ];
        assert_eq!(check_enum_literals(&fine), Ok(()));
        let wrong = [literals_of(Some(&["free", "pro"]), &["gold"])];
        assert_eq!(check_enum_literals(&wrong).unwrap_err(), "it never is");
    }
}
