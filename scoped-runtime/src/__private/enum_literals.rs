/// A comparison of a claim with literals in a policy.
pub struct EnumLiterals {
    /// The variants of the claim's type as serde names them; `None` if the type is not an enum.
    pub values: Option<&'static [&'static str]>,
    /// The literals, of which the policy requires one.
    pub literals: &'static [&'static str],
    /// The error if none of the literals is a variant.
    pub text: &'static str,
}

/// Returns the errors of the comparisons that no variant of an enum can satisfy, one a line.
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
    fn an_enum_without_any_of_the_literals_is_an_error() {
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
