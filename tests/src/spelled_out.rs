use std::error::Error;
use std::fmt::Write;

/// An error with all its sources, as `Display` and `Debug`: everything that a program could log of it.
#[must_use]
pub fn spelled_out(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        // A `String` takes every text.
        let _ = write!(text, " {cause} {cause:?}");
        source = cause.source();
    }
    text
}
