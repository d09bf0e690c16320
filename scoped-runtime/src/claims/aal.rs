/// How sure Auth is that the user is who they say (`aal`); see
/// <https://supabase.com/docs/guides/auth/auth-mfa>. A higher one is greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Aal {
    /// One factor, such as a password.
    #[default]
    Aal1,
    /// A second factor.
    Aal2,
    /// What a project's own token hook may call higher still.
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

    pub(crate) fn read(text: &str) -> Option<Self> {
        let all = [Self::Aal1, Self::Aal2, Self::Aal3];
        all.into_iter().find(|level| level.as_str() == text)
    }
}
