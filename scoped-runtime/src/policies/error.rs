use std::io;

/// An error of the arguments of a check or a survey. Findings about policies are not errors of this type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoliciesError {
    /// A folder or file does not exist or cannot be read.
    #[error(
        "`{path}` cannot be read; name a folder, a file or a glob from the package's `Cargo.toml` on"
    )]
    Unreadable {
        /// The folder or file.
        path: String,
        /// The error of the file system.
        source: io::Error,
    },
    /// A folder or glob has no SQL files.
    #[error(
        "`{path}` has no SQL files; name a folder, a file or a glob from the package's `Cargo.toml` on"
    )]
    NoFiles {
        /// The folder or glob.
        path: String,
    },
    /// An entry of an option names nothing, or contradicts another option.
    #[error("`{entry}` of `{option}` {reason}; correct or remove it")]
    Entry {
        /// The option's name, such as `allow`.
        option: &'static str,
        /// The entry.
        entry: String,
        /// Why the entry is refused.
        reason: &'static str,
    },
}
