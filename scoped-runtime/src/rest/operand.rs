//! What a comparison takes: one value, or each of several.

use super::literal::array;
use super::value::FilterValue;

/// A value, or [`any`] or [`all`] of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a single value that a filter can compare with",
    note = "for `None` use `is_null(column)`, for one of several values `in_(column, values)`",
    note = "for arrays, ranges and JSON use `contains`, `contained_by` or `overlaps`",
    note = "for anything with `Display` use `scoped_runtime::text(value)`; for a type of your own implement `FilterValue`"
)]
pub trait Operand: sealed::Render {}

/// The comparison holds for at least one of these values: see [`any`].
#[derive(Debug, Clone)]
pub struct Any<V>(Vec<V>);

/// The comparison holds for all of these values: see [`all`].
#[derive(Debug, Clone)]
pub struct All<V>(Vec<V>);

/// Compares with several values at once; one must fit. Of no values, none does.
///
/// ```
/// use scoped_runtime::{Condition, any};
///
/// let found = Condition::ilike("name", any(["a*", "b*"]));
/// assert_eq!(found.to_string(), r#"name.ilike(any)."{\"a*\",\"b*\"}""#);
/// ```
pub fn any<V: FilterValue>(values: impl IntoIterator<Item = V>) -> Any<V> {
    Any(values.into_iter().collect())
}

/// Compares with several values at once; all must fit. Of no values, all do.
pub fn all<V: FilterValue>(values: impl IntoIterator<Item = V>) -> All<V> {
    All(values.into_iter().collect())
}

impl<V: FilterValue> Operand for V {}
impl<V: FilterValue> Operand for Any<V> {}
impl<V: FilterValue> Operand for All<V> {}

pub(super) mod sealed {
    use super::{All, Any, FilterValue, array};

    /// An operand as it is sent.
    pub struct RenderedOperand {
        pub(in crate::rest) quantifier: &'static str,
        pub(in crate::rest) text: String,
        /// What the comparison comes to when there are no values.
        pub(in crate::rest) constant: Option<bool>,
    }

    pub trait Render {
        fn render(&self) -> RenderedOperand;
    }

    impl<V: FilterValue> Render for V {
        fn render(&self) -> RenderedOperand {
            let mut text = String::new();
            self.append_to(&mut text);
            RenderedOperand {
                quantifier: "",
                text,
                constant: None,
            }
        }
    }

    impl<V: FilterValue> Render for Any<V> {
        fn render(&self) -> RenderedOperand {
            RenderedOperand {
                quantifier: "(any)",
                text: array(&self.0),
                constant: self.0.is_empty().then_some(false),
            }
        }
    }

    impl<V: FilterValue> Render for All<V> {
        fn render(&self) -> RenderedOperand {
            RenderedOperand {
                quantifier: "(all)",
                text: array(&self.0),
                constant: self.0.is_empty().then_some(true),
            }
        }
    }
}
