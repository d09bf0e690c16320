use super::Error;

/// What a function with `#[impersonate]` can return: making the client may fail.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry the error of making the client",
    label = "return a `Result<_, E>` with `E: From<scoped_runtime::Error>`"
)]
pub trait Fallible {
    /// The failure as this type.
    fn failed(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<Error>> Fallible for Result<T, E> {
    fn failed(error: Error) -> Self {
        Err(error.into())
    }
}
