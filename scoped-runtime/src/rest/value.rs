use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::rc::Rc;
use std::sync::Arc;

use uuid::Uuid;

use crate::claims::{Role, UserId};

/// A single value in a filter: a text, a number, a boolean, a UUID, or a time with the features `chrono` and
/// `jiff`.
///
/// The value is written in PostgreSQL's notation. The query quotes it, so that no value can become syntax. To
/// use your own type, implement this trait, or wrap the value in [`text`](crate::text).
///
/// ```
/// use scoped_runtime::{Condition, FilterValue, text};
///
/// enum State { Open, Closed }
///
/// impl FilterValue for State {
///     fn append_to(&self, target: &mut String) {
///         target.push_str(match self { State::Open => "open", State::Closed => "closed" });
///     }
/// }
///
/// assert_eq!(Condition::eq("state", State::Open).to_string(), "state.eq.open");
/// assert_eq!(Condition::eq("host", text(std::net::Ipv4Addr::LOCALHOST)).to_string(), "host.eq.127.0.0.1");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a single value that a filter can compare with",
    note = "for `None` use `is_null(column)`, for one of several values `in_(column, values)`",
    note = "for arrays, ranges and JSON use `contains`, `contained_by` or `overlaps`",
    note = "for anything with `Display` use `scoped_runtime::text(value)`; for a type of your own implement `FilterValue`"
)]
pub trait FilterValue {
    /// Appends the value in PostgreSQL's notation, without quotes.
    fn append_to(&self, target: &mut String);
}

/// A filter value from a [`Display`] implementation; [`text`] makes it.
#[derive(Debug, Clone, Copy)]
pub struct Text<T>(T);

/// Makes a filter value of any type that implements [`Display`], by the text that it displays.
pub fn text<T: Display>(value: T) -> Text<T> {
    Text(value)
}

impl<T: Display> FilterValue for Text<T> {
    fn append_to(&self, target: &mut String) {
        append(target, &self.0);
    }
}

/// Appends the displayed text. Writing to a `String` cannot fail, and a `Display` that returns an error leaves
/// the text that it wrote before.
pub(super) fn append(target: &mut String, value: impl Display) {
    let _: fmt::Result = write!(target, "{value}");
}

macro_rules! by_display {
    ($($type:ty)*) => {$(
        impl FilterValue for $type {
            fn append_to(&self, target: &mut String) {
                append(target, self);
            }
        }
    )*};
}

by_display! {
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char Uuid serde_json::Number UserId Role
}

macro_rules! by_text {
    ($($type:ty)*) => {$(
        impl FilterValue for $type {
            fn append_to(&self, target: &mut String) {
                target.push_str(self);
            }
        }
    )*};
}

by_text!(str String Cow<'_, str>);

macro_rules! floats {
    ($($type:ty)*) => {$(
        /// Writes `NaN`, `Infinity` and `-Infinity` in PostgreSQL's notation.
        impl FilterValue for $type {
            fn append_to(&self, target: &mut String) {
                if self.is_infinite() {
                    target.push_str(if *self > 0.0 { "Infinity" } else { "-Infinity" });
                } else {
                    append(target, self);
                }
            }
        }
    )*};
}

floats!(f32 f64);

macro_rules! by_reference {
    ($($type:ty)*) => {$(
        impl<T: FilterValue + ?Sized> FilterValue for $type {
            fn append_to(&self, target: &mut String) {
                (**self).append_to(target);
            }
        }
    )*};
}

by_reference!(&T Box<T> Rc<T> Arc<T>);
