use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::Path;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Problem;

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The source of values that were not set in code.
#[derive(Default)]
pub(super) enum Environment {
    /// The environment of the process.
    #[default]
    Process,
    /// A function of the user.
    Lookup(Box<Lookup>),
}

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "only this function reads the environment"
    )]
    fn value(&self, name: &str) -> Option<SecretString> {
        let value = match self {
            // A value that is not UTF-8 counts as set, and is refused later.
            Self::Process => {
                std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
            }
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

/// The environment and the `.env` file.
pub(super) struct Sources {
    environment: Environment,
    file: HashMap<String, SecretString>,
    /// Whether the `.env` file could be read. If not, values that it may set are not reported as missing.
    pub(super) is_complete: bool,
}

impl Sources {
    pub(super) fn read(
        environment: Environment,
        file: Option<&Path>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let file = file.map(read_dotenv).transpose();
        let is_complete = file.is_ok();
        let file = file.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        Self {
            environment,
            file: file.unwrap_or_default(),
            is_complete,
        }
    }

    /// The value that is set in code, else the first of these variables that is not blank: shells and container
    /// files use a blank variable for an unset one. If all variables are blank, a blank value is returned.
    pub(super) fn optional(
        &self,
        set: Option<SecretString>,
        names: &[&str],
    ) -> Option<SecretString> {
        if set.is_some() {
            return set;
        }
        let process = names.iter().filter_map(|name| self.environment.value(name));
        let file = names
            .iter()
            .filter_map(|name| self.file.get(*name).cloned());
        let mut blank = None;
        for value in process.chain(file) {
            if !is_blank(&value) {
                return Some(value);
            }
            blank.get_or_insert(value);
        }
        blank
    }

    /// The same for a value that is required. Reports a problem if it is missing or blank.
    pub(super) fn required(
        &self,
        field: &'static str,
        set: Option<SecretString>,
        names: &[&str],
        problems: &mut Vec<Problem>,
    ) -> Option<SecretString> {
        let value = self.optional(set, names);
        if value.is_none() && !self.is_complete {
            return None;
        }
        require(field, value, names, problems)
    }
}

/// Reports a problem if the value is missing or blank.
pub(super) fn require(
    field: &'static str,
    value: Option<SecretString>,
    names: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<SecretString> {
    let reason = match &value {
        None => "is missing",
        Some(value) if is_blank(value) => "is blank",
        Some(_) => return value,
    };
    let remedy = format!("set `{}` or call `.{field}(..)`", names[0]);
    problems.push(Problem::new(field, reason, remedy));
    None
}

/// Whether the value is empty or only white space.
pub(super) fn is_blank(value: &SecretString) -> bool {
    value.expose_secret().trim().is_empty()
}

/// The maximum size of a `.env` file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Reads the variables of a `.env` file without changing the environment of the process.
fn read_dotenv(path: &Path) -> Result<HashMap<String, SecretString>, Problem> {
    // The messages of `dotenvy` quote the line, which may contain secrets, so only the kind of error is kept.
    let explain = |error| match error {
        dotenvy::Error::Io(error) => Problem::new(
            "dotenv",
            format!("`{}` cannot be read ({})", path.display(), error.kind()),
            "check the path, or leave `.dotenv(..)` out",
        ),
        _ => Problem::new(
            "dotenv",
            format!("`{}` has a line that is not `NAME=value`", path.display()),
            "put values with blanks, `#` or `$` in single quotes",
        ),
    };
    let mut file = fs::File::open(path).map_err(|error| explain(dotenvy::Error::Io(error)))?;
    let mut text = Zeroizing::new(Vec::new());
    file.by_ref()
        .take(MAX_FILE + 1)
        .read_to_end(&mut text)
        .map_err(|error| explain(dotenvy::Error::Io(error)))?;
    if text.len() as u64 > MAX_FILE {
        return Err(Problem::new(
            "dotenv",
            format!("`{}` has more than a megabyte", path.display()),
            "name the file with the variables",
        ));
    }
    // Some editors on Windows write a byte order mark.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    dotenvy::from_read_iter(text)
        .map(|entry| {
            let (name, value) = entry.map_err(explain)?;
            Ok((name, SecretString::from(value)))
        })
        .collect()
}
