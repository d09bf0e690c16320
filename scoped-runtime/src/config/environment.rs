use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::error::Problem;

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where values come from that were not set in code.
#[derive(Default)]
pub(super) enum Environment {
    /// The process's own.
    #[default]
    Process,
    /// Whatever this function returns.
    Lookup(Box<Lookup>),
}

impl Environment {
    /// The value of the first of these variables that is set, with the variable's name.
    pub(super) fn first(
        &self,
        file: &HashMap<String, SecretString>,
        names: &'static [&'static str],
    ) -> Option<SecretString> {
        names
            .iter()
            .find_map(|name| self.value(name))
            .or_else(|| names.iter().find_map(|name| file.get(*name).cloned()))
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    fn value(&self, name: &str) -> Option<SecretString> {
        let value = match self {
            Self::Process => std::env::var(name).ok(),
            Self::Lookup(lookup) => lookup(name),
        };
        value.map(SecretString::from)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "the process environment",
            Self::Lookup(_) => "a function",
        })
    }
}

/// The variables of a `.env` file. The process environment is left as it is.
pub(super) fn read_dotenv(path: &Path) -> Result<HashMap<String, SecretString>, Problem> {
    // What `dotenvy` says of a bad line quotes it, secrets and all: only the kind of failure is kept.
    let entries = dotenvy::from_path_iter(path).map_err(|error| match error {
        dotenvy::Error::Io(error) => Problem::new(
            "dotenv",
            format!("`{}` cannot be read ({})", path.display(), error.kind()),
            "check the path, or leave `.dotenv(..)` out",
        ),
        _ => malformed(path),
    })?;
    entries
        .map(|entry| {
            let (name, value) = entry.map_err(|_| malformed(path))?;
            Ok((name, SecretString::from(value)))
        })
        .collect()
}

fn malformed(path: &Path) -> Problem {
    Problem::new(
        "dotenv",
        format!("`{}` has a line that is not `NAME=value`", path.display()),
        "quote values with blanks or `#` in them",
    )
}

/// Whether nothing but blanks is there.
pub(super) fn is_blank(value: &SecretString) -> bool {
    value.expose_secret().trim().is_empty()
}
