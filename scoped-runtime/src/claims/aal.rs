use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{ConfigurationError, Problem};

/// The assurance level of a session (`aal`): how many factors the user has signed in with. See
/// <https://supabase.com/docs/guides/auth/auth-mfa>. Levels compare by their height.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Aal {
    /// One factor, such as a password.
    #[default]
    Aal1,
    /// A second factor.
    Aal2,
    /// A level above the second factor, which only a project's own token hook gives.
    Aal3,
}

impl Aal {
    /// The claim's text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::Aal3 => "aal3",
        }
    }
}

impl fmt::Display for Aal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Aal {
    type Err = ConfigurationError;

    /// Reads the claim's text.
    fn from_str(text: &str) -> Result<Self, ConfigurationError> {
        let all = [Self::Aal1, Self::Aal2, Self::Aal3];
        let level = all.into_iter().find(|level| level.as_str() == text);
        level.ok_or_else(|| {
            let remedy = "use `aal1`, `aal2` or `aal3`";
            Problem::new("aal", "is not a known assurance level", remedy).into()
        })
    }
}
