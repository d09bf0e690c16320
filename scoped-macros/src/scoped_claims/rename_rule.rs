use scoped_rules::similar::nearest;

/// Serde's `rename_all` for the names of fields. For variants the same rules have other results.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) enum RenameRule {
    /// Also `lowercase` and `snake_case`, because serde assumes that fields are in snake case.
    #[default]
    AsWritten,
    Upper,
    Pascal,
    Camel,
    Kebab,
    UpperKebab,
}

const RULES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

impl RenameRule {
    /// The rule with this name, or the message about the name.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        match name {
            "lowercase" | "snake_case" => Ok(Self::AsWritten),
            "UPPERCASE" | "SCREAMING_SNAKE_CASE" => Ok(Self::Upper),
            "PascalCase" => Ok(Self::Pascal),
            "camelCase" => Ok(Self::Camel),
            "kebab-case" => Ok(Self::Kebab),
            "SCREAMING-KEBAB-CASE" => Ok(Self::UpperKebab),
            _ => Err(nearest(name, &RULES).map_or_else(
                || {
                    let rules = RULES.map(|rule| format!("`{rule}`"));
                    format!("unknown case `{name}`; use one of {}", rules.join(", "))
                },
                |rule| format!("unknown case `{name}`; did you mean `{rule}`?"),
            )),
        }
    }

    /// The name of the field under this rule; `None` where serde itself panics.
    pub(super) fn apply(self, field: &str) -> Option<String> {
        Some(match self {
            Self::AsWritten => field.to_owned(),
            Self::Upper => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => {
                let pascal = pascal(field);
                let rest = pascal.get(1..)?;
                pascal[..1].to_ascii_lowercase() + rest
            }
            Self::Kebab => field.replace('_', "-"),
            Self::UpperKebab => field.to_ascii_uppercase().replace('_', "-"),
        })
    }
}

fn pascal(field: &str) -> String {
    let mut name = String::new();
    let mut starts_word = true;
    for letter in field.chars() {
        if letter == '_' {
            starts_word = true;
        } else if starts_word {
            name.push(letter.to_ascii_uppercase());
            starts_word = false;
        } else {
            name.push(letter);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{RULES, RenameRule};

    /// The rows of serde's own test of fields, and names with unexpected results.
    #[test]
    fn rename_rules_match_those_of_serde() {
        for (field, expected) in [
            (
                "outcome",
                [
                    "outcome", "OUTCOME", "Outcome", "outcome", "outcome", "OUTCOME", "outcome",
                    "OUTCOME",
                ],
            ),
            (
                "very_tasty",
                [
                    "very_tasty",
                    "VERY_TASTY",
                    "VeryTasty",
                    "veryTasty",
                    "very_tasty",
                    "VERY_TASTY",
                    "very-tasty",
                    "VERY-TASTY",
                ],
            ),
            (
                "z42",
                ["z42", "Z42", "Z42", "z42", "z42", "Z42", "z42", "Z42"],
            ),
            (
                "_a__b_",
                [
                    "_a__b_", "_A__B_", "AB", "aB", "_a__b_", "_A__B_", "-a--b-", "-A--B-",
                ],
            ),
            (
                "tenantID",
                [
                    "tenantID", "TENANTID", "TenantID", "tenantID", "tenantID", "TENANTID",
                    "tenantID", "TENANTID",
                ],
            ),
            (
                "straße",
                [
                    "straße", "STRAßE", "Straße", "straße", "straße", "STRAßE", "straße", "STRAßE",
                ],
            ),
        ] {
            for (rule, name) in RULES.into_iter().zip(expected) {
                let rule = RenameRule::named(rule).expect("the rule is known");
                assert_eq!(
                    rule.apply(field).as_deref(),
                    Some(name),
                    "{field} as {rule:?}"
                );
            }
        }
    }

    /// Serde cuts off the first byte, even inside of a character.
    #[test]
    fn camel_case_has_no_result_where_serde_panics() {
        assert_eq!(RenameRule::Camel.apply("__"), None);
        assert_eq!(RenameRule::Camel.apply("état"), None);
    }
}
