//! The operand of a comparison: one value, or several with `any` or `all`.

use super::literal::array;
use super::value::FilterValue;

/// The operand of a comparison: one [`FilterValue`], or [`any`] or [`all`] of several values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a single value that a filter can compare with",
    note = "for `None` use `is_null(column)`, for one of several values `in_(column, values)`",
    note = "for arrays, ranges and JSON use `contains`, `contained_by` or `overlaps`",
    note = "for anything with `Display` use `scoped_runtime::text(value)`; for a type of your own implement `FilterValue`"
)]
pub trait Operand: sealed::Render {}

/// Several values of which one must match; [`any`] makes it.
#[derive(Debug, Clone)]
pub struct Any<V>(Vec<V>);

/// Several values that must all match; [`all`] makes it.
#[derive(Debug, Clone)]
pub struct All<V>(Vec<V>);

/// Compares a column with several values, of which at least one must match. Without values, no row matches.
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

/// Compares a column with several values, all of which must match. Without values, every row matches.
///
/// ```
/// use scoped_runtime::{Condition, all};
///
/// let both = Condition::like("name", all(["a*", "*z"]));
/// assert_eq!(both.to_string(), r#"name.like(all)."{\"a*\",\"*z\"}""#);
/// ```
pub fn all<V: FilterValue>(values: impl IntoIterator<Item = V>) -> All<V> {
    All(values.into_iter().collect())
}

impl<V: FilterValue> Operand for V {}
impl<V: FilterValue> Operand for Any<V> {}
impl<V: FilterValue> Operand for All<V> {}

pub(super) mod sealed {
    use super::{All, Any, FilterValue, array};

    /// An operand in PostgREST's notation.
    pub struct RenderedOperand {
        pub(in crate::rest) quantifier: &'static str,
        pub(in crate::rest) text: String,
        /// The result of the comparison for every row, if there are no values.
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
