//! PostgreSQL literals of arrays, ranges and JSON.

use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use serde::Serialize;
use serde_json::Value;

use super::encode::push_quoted;
use super::value::FilterValue;

/// An array, a range or JSON, for the filters `contains`, `contained_by` and `overlaps`.
///
/// Slices, arrays and vectors of values are PostgreSQL arrays. Rust's ranges of values, and pairs of
/// [`Bound`]s, are PostgreSQL ranges. JSON is a [`Value`], or [`json`](crate::json) of a value that
/// implements `Serialize`.
///
/// ```
/// use scoped_runtime::Condition;
///
/// assert_eq!(Condition::contains("tags", ["a", "b"]).to_string(), r#"tags.cs."{\"a\",\"b\"}""#);
/// assert_eq!(Condition::contains("period", 1..3).to_string(), r#"period.cs."[1,3)""#);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an array, a range or JSON",
    note = "write `[value]` for an array of one, `1..3` for a range, `scoped_runtime::json(&value)` for JSON",
    note = "`filter(column, \"cs\", \"{{a,b}}\")` takes PostgreSQL's own notation"
)]
pub trait Composite: sealed::Literal {}

/// A range of values, for the filters `range_lt` to `range_adjacent`: one of Rust's range types, or a pair of
/// [`Bound`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a range of values",
    note = "write a range such as `1..3` or `start..=end`, or a pair of `std::ops::Bound`"
)]
pub trait RangeValue: sealed::Literal {}

/// A JSON value in a filter; [`json`] makes it.
#[derive(Debug, Clone)]
pub struct Json(Result<String, String>);

/// Serialises a value for a filter on a `json` or `jsonb` column. A value that cannot be serialised is an
/// error when the query is sent.
///
/// ```
/// use scoped_runtime::{Condition, json};
///
/// #[derive(serde::Serialize)]
/// struct Size { width: u32 }
///
/// let wide = Condition::contains("data", json(&Size { width: 3 }));
/// assert_eq!(wide.to_string(), r#"data.cs."{\"width\":3}""#);
/// ```
pub fn json<T: Serialize + ?Sized>(value: &T) -> Json {
    Json(serde_json::to_string(value).map_err(|error| error.to_string()))
}

/// The literal of an array: `{a,"b c"}`.
pub(super) fn array<V: FilterValue>(values: &[V]) -> String {
    let mut literal = String::from("{");
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            literal.push(',');
        }
        push_element(&mut literal, value);
    }
    literal.push('}');
    literal
}

/// Appends an element of an array or a bound of a range, in quotes if PostgreSQL requires them.
fn push_element(literal: &mut String, value: &impl FilterValue) {
    let mut text = String::new();
    value.append_to(&mut text);
    let plain = |byte: u8| byte.is_ascii_digit() || b"-.".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        literal.push_str(&text);
    } else {
        push_quoted(literal, &text);
    }
}

/// The literal of a range: `[1,3)`. A missing bound is empty.
fn range<V: FilterValue>(start: Bound<&V>, end: Bound<&V>) -> String {
    let mut literal = String::new();
    let (open, low) = match start {
        Bound::Included(low) => ('[', Some(low)),
        Bound::Excluded(low) => ('(', Some(low)),
        Bound::Unbounded => ('(', None),
    };
    literal.push(open);
    if let Some(low) = low {
        push_element(&mut literal, low);
    }
    literal.push(',');
    let (close, high) = match end {
        Bound::Included(high) => (']', Some(high)),
        Bound::Excluded(high) => (')', Some(high)),
        Bound::Unbounded => (')', None),
    };
    if let Some(high) = high {
        push_element(&mut literal, high);
    }
    literal.push(close);
    literal
}

/// Whether the range is empty, as `3..3` is.
fn is_empty<V: FilterValue>(start: Bound<&V>, end: Bound<&V>) -> bool {
    let (
        Bound::Included(low) | Bound::Excluded(low),
        Bound::Included(high) | Bound::Excluded(high),
    ) = (start, end)
    else {
        return false;
    };
    let (mut first, mut last) = (String::new(), String::new());
    low.append_to(&mut first);
    high.append_to(&mut last);
    let includes_both = matches!((start, end), (Bound::Included(_), Bound::Included(_)));
    first == last && !includes_both
}

pub(super) mod sealed {
    use super::{Bound, FilterValue, Json, Value, array, is_empty, range};
    use std::ops::RangeBounds;

    pub trait Literal {
        /// The literal, or the reason why it cannot be written.
        fn literal(&self) -> Result<String, String>;

        /// Whether the value is empty: every value contains it, and no value overlaps it.
        fn is_empty(&self) -> bool {
            false
        }
    }

    impl Literal for Json {
        fn literal(&self) -> Result<String, String> {
            self.0.clone()
        }

        fn is_empty(&self) -> bool {
            matches!(self.0.as_deref(), Ok("{}" | "[]"))
        }
    }

    impl Literal for Value {
        fn literal(&self) -> Result<String, String> {
            Ok(self.to_string())
        }

        fn is_empty(&self) -> bool {
            match self {
                Self::Array(items) => items.is_empty(),
                Self::Object(members) => members.is_empty(),
                _ => false,
            }
        }
    }

    impl<V: FilterValue> Literal for [V] {
        fn literal(&self) -> Result<String, String> {
            Ok(array(self))
        }

        fn is_empty(&self) -> bool {
            self.is_empty()
        }
    }

    impl<V: FilterValue, const N: usize> Literal for [V; N] {
        fn literal(&self) -> Result<String, String> {
            Ok(array(self))
        }

        fn is_empty(&self) -> bool {
            N == 0
        }
    }

    impl<V: FilterValue> Literal for Vec<V> {
        fn literal(&self) -> Result<String, String> {
            Ok(array(self))
        }

        fn is_empty(&self) -> bool {
            self.is_empty()
        }
    }

    impl<T: Literal + ?Sized> Literal for &T {
        fn literal(&self) -> Result<String, String> {
            (**self).literal()
        }

        fn is_empty(&self) -> bool {
            (**self).is_empty()
        }
    }

    macro_rules! ranges {
        ($($type:ident)*) => {$(
            impl<V: FilterValue> Literal for super::$type<V> {
                fn literal(&self) -> Result<String, String> {
                    Ok(range(self.start_bound(), self.end_bound()))
                }

                fn is_empty(&self) -> bool {
                    is_empty(self.start_bound(), self.end_bound())
                }
            }
            impl<V: FilterValue> super::Composite for super::$type<V> {}
            impl<V: FilterValue> super::RangeValue for super::$type<V> {}
        )*};
    }

    ranges!(Range RangeInclusive RangeFrom RangeTo RangeToInclusive);

    impl<V: FilterValue> Literal for (Bound<V>, Bound<V>) {
        fn literal(&self) -> Result<String, String> {
            Ok(range(self.0.as_ref(), self.1.as_ref()))
        }

        fn is_empty(&self) -> bool {
            is_empty(self.0.as_ref(), self.1.as_ref())
        }
    }
}

impl Composite for Json {}
impl Composite for Value {}
impl<V: FilterValue> Composite for [V] {}
impl<V: FilterValue, const N: usize> Composite for [V; N] {}
impl<V: FilterValue> Composite for Vec<V> {}
impl<V: FilterValue> Composite for (Bound<V>, Bound<V>) {}
impl<T: Composite + ?Sized> Composite for &T {}
impl<V: FilterValue> RangeValue for (Bound<V>, Bound<V>) {}
impl<T: RangeValue + ?Sized> RangeValue for &T {}
