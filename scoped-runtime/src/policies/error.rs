use std::io;

/// The policies could not be compared, because of what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoliciesError {
    /// A folder or file is not there, or may not be read.
    #[error(
        "`{path}` cannot be read; name a folder, a file or a glob from the package's `Cargo.toml` on"
    )]
    Unreadable {
        /// What was to be read.
        path: String,
        /// Why it was not.
        source: io::Error,
    },
    /// No SQL file is there.
    #[error(
        "`{path}` has no SQL files; name a folder, a file or a glob from the package's `Cargo.toml` on"
    )]
    NoFiles {
        /// Where they were looked for.
        path: String,
    },
    /// An entry of an option says nothing, or what another one says otherwise.
    #[error("`{entry}` of `{option}` {reason}; correct or remove it")]
    Entry {
        /// The option's name, such as `allow`.
        option: &'static str,
        /// What it was given.
        entry: String,
        /// Why it is refused.
        reason: &'static str,
    },
}
