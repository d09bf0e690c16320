use std::error::Error as _;
use std::fmt;

use super::response::Escaped;
use super::{ClientError, Error};

/// A chain of errors that has no end would be a mistake of another crate's.
const MAX_CAUSES: usize = 8;

impl Error {
    /// What stands behind the error, from the nearest cause on, as far as its own text does not say it.
    pub(crate) fn causes(&self) -> Vec<String> {
        // What the deserialiser says may hold the value; the text has the cause without it.
        if let Self::Client(ClientError::Decode { .. }) = self {
            return Vec::new();
        }
        let mut said = self.to_string();
        let mut causes = Vec::new();
        let mut source = self.source();
        for _ in 0..MAX_CAUSES {
            let Some(cause) = source else { break };
            let text = cause.to_string();
            if !said.contains(&text) {
                causes.push(Escaped(&text).to_string());
            }
            said = text;
            source = cause.source();
        }
        causes
    }
}

/// A report for people, as `main() -> Result<(), scoped_runtime::Error>` prints it: what went wrong and what
/// to do, then each cause on a line of its own. It shows no more than `Display` does of each.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        for cause in self.causes() {
            write!(f, "\n  caused by: {cause}")?;
        }
        Ok(())
    }
}
