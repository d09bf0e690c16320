use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{ConfigurationError, Problem};

/// The authenticator assurance level of a session (`aal`): how strongly the user was authenticated. See
/// <https://supabase.com/docs/guides/auth/auth-mfa>. A level is greater than the levels below it.
///
/// ```
/// use scoped_runtime::Aal;
///
/// assert!("aal2".parse::<Aal>()? > Aal::Aal1);
/// # Ok::<(), scoped_runtime::ConfigurationError>(())
/// ```
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Aal {
    /// The user signed in with one factor, such as a password.
    #[default]
    Aal1,
    /// The user signed in with a second factor.
    Aal2,
    /// A level above the second factor, which only a project's own access token hook sets.
    Aal3,
}

impl Aal {
    /// The value of the claim, such as `aal1`.
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

    /// Parses the value of the claim.
    fn from_str(text: &str) -> Result<Self, ConfigurationError> {
        let all = [Self::Aal1, Self::Aal2, Self::Aal3];
        let level = all.into_iter().find(|level| level.as_str() == text);
        level.ok_or_else(|| {
            let remedy = "use `aal1`, `aal2` or `aal3`";
            Problem::new("aal", "is not a known assurance level", remedy).into()
        })
    }
}

impl TryFrom<&str> for Aal {
    type Error = ConfigurationError;

    fn try_from(text: &str) -> Result<Self, ConfigurationError> {
        text.parse()
    }
}
