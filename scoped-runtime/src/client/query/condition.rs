use std::fmt::{self, Write as _};

/// One condition inside [`Query::or`](crate::Query::or) or [`Query::and`](crate::Query::and). Its
/// values are quoted, so that no value can close a list or add a condition.
///
/// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#logical-operators>.
///
/// ```
/// use scoped_runtime::Condition;
///
/// let cheap = Condition::and([Condition::lt("price", "10"), Condition::is_null("sold_at")]);
/// assert_eq!(cheap.to_string(), r#"and(price.lt."10",sold_at.is.null)"#);
/// assert_eq!(
///     (!Condition::eq("name", "x,owner.not.is.null")).to_string(),
///     r#"name.not.eq."x,owner.not.is.null""#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Test {
        column: String,
        negated: bool,
        /// Operator and value, such as `eq."x"`.
        test: String,
    },
    Group {
        negated: bool,
        operator: &'static str,
        members: Vec<Condition>,
    },
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub fn $name(column: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            Self::test(column.as_ref(), format!("{}.{}", stringify!($name), quote(value.as_ref())))
        }
    )*};
}

impl Condition {
    operators! {
        /// Equal.
        eq
        /// Not equal.
        neq
        /// Greater.
        gt
        /// Greater or equal.
        gte
        /// Less.
        lt
        /// Less or equal.
        lte
        /// SQL `LIKE`; write `*` for `%`.
        like
        /// SQL `ILIKE`; write `*` for `%`.
        ilike
        /// Contains (arrays, ranges, JSON).
        cs
        /// Is contained in (arrays, ranges, JSON).
        cd
        /// Overlaps (arrays, ranges).
        ov
    }

    /// Is null.
    pub fn is_null(column: impl AsRef<str>) -> Self {
        Self::test(column.as_ref(), "is.null".to_owned())
    }

    /// Is one of these values.
    pub fn in_<V: AsRef<str>>(
        column: impl AsRef<str>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| quote(value.as_ref()))
            .collect();
        Self::test(column.as_ref(), format!("in.({})", values.join(",")))
    }

    /// All of these.
    pub fn and(members: impl IntoIterator<Item = Self>) -> Self {
        Self::group("and", members)
    }

    /// At least one of these.
    pub fn or(members: impl IntoIterator<Item = Self>) -> Self {
        Self::group("or", members)
    }

    fn test(column: &str, test: String) -> Self {
        Self(Kind::Test {
            column: quote_column(column),
            negated: false,
            test,
        })
    }

    fn group(operator: &'static str, members: impl IntoIterator<Item = Self>) -> Self {
        Self(Kind::Group {
            negated: false,
            operator,
            members: members.into_iter().collect(),
        })
    }
}

/// Not this.
impl std::ops::Not for Condition {
    type Output = Self;

    fn not(mut self) -> Self {
        let (Kind::Test { negated, .. } | Kind::Group { negated, .. }) = &mut self.0;
        *negated = !*negated;
        self
    }
}

/// As it stands inside the parentheses of `or=(...)`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = |negated: bool| if negated { "not." } else { "" };
        match &self.0 {
            Kind::Test {
                column,
                negated,
                test,
            } => write!(f, "{column}.{}{test}", not(*negated)),
            Kind::Group {
                negated,
                operator,
                members,
            } => write!(f, "{}{operator}({})", not(*negated), list(members)),
        }
    }
}

/// The conditions with commas between.
pub(super) fn list(conditions: &[Condition]) -> String {
    let mut text = String::new();
    for (index, condition) in conditions.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{condition}");
    }
    text
}

/// A value that cannot change the grammar around it: in quotes, with `"` and `\` escaped.
pub(super) fn quote(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for letter in value.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

/// Plain names and JSON paths (`data->>name`) stay as they are.
fn quote_column(column: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '>');
    if !column.is_empty() && column.chars().all(plain) {
        column.to_owned()
    } else {
        quote(column)
    }
}
