use std::fmt;

use super::object::SourceLocation;

/// How severe a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// The build continues.
    Warning,
    /// The policies and the claims contradict each other, so the build fails.
    Error,
}

/// `error` or `warning`.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What a finding reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum FindingKind {
    /// An object reads a claim that the tokens do not have.
    Missing,
    /// An object uses a claim in a way that fails or is false for every value of the claim.
    Mismatch,
    /// An object uses a claim in a way that fails or is false for some values of the claim.
    Doubtful,
    /// A policy reads `user_metadata`, which users can edit.
    UserMetadata,
    /// A policy calls `auth.jwt()` outside of `(select ..)`, so that PostgreSQL calls it once for each row.
    Unwrapped,
    /// `->> 'key'::type` casts the key, not the claim.
    KeyCast,
    /// An object reads a claim that only tokens of Supabase Auth carry.
    AuthOnly,
    /// An object compares the top-level claim `role` with a text that is not a database role.
    RoleLiteral,
    /// The engine cannot follow where the token, or a part of it, goes.
    Unfollowed,
    /// No object reads the claim.
    Unread,
    /// A restrictive policy requires a second factor (`aal2`), which minted tokens do not have by default.
    Assurance,
    /// A table has policies, but its row level security is disabled.
    RlsOff,
    /// A policy applies only to roles that bypass row level security.
    RlsBypassed,
    /// A policy applies only to roles that no token can have.
    RoleUnreachable,
    /// A file was not read, or only with replacements for bytes that are not UTF-8.
    Skipped,
}

impl FindingKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::Missing,
        Self::Mismatch,
        Self::Doubtful,
        Self::UserMetadata,
        Self::Unwrapped,
        Self::KeyCast,
        Self::AuthOnly,
        Self::RoleLiteral,
        Self::Unfollowed,
        Self::Unread,
        Self::Assurance,
        Self::RlsOff,
        Self::RlsBypassed,
        Self::RoleUnreachable,
        Self::Skipped,
    ];

    /// The kind's name in `deny`, `warn` and `allow`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Mismatch => "mismatch",
            Self::Doubtful => "doubtful",
            Self::UserMetadata => "user_metadata",
            Self::Unwrapped => "unwrapped",
            Self::KeyCast => "key_cast",
            Self::AuthOnly => "auth_only",
            Self::RoleLiteral => "role_literal",
            Self::Unfollowed => "unfollowed",
            Self::Unread => "unread",
            Self::Assurance => "assurance",
            Self::RlsOff => "rls_off",
            Self::RlsBypassed => "rls_bypassed",
            Self::RoleUnreachable => "role_unreachable",
            Self::Skipped => "skipped",
        }
    }
}

/// A disagreement between policies and claims, or a mistake in a policy.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How severe it is.
    pub severity: Severity,
    /// What it reports.
    pub kind: FindingKind,
    /// The path of the claim; empty if the finding is not about one claim.
    pub path: Vec<String>,
    /// The index in [`Project::objects`](super::Project::objects); `None` for an unread claim or a skipped
    /// file.
    pub object: Option<usize>,
    /// Where the SQL is; `None` for an unread claim or a skipped file.
    pub location: Option<SourceLocation>,
    /// Other places with the same problem: the index of the object, and where the SQL is.
    pub other_locations: Vec<(usize, SourceLocation)>,
    /// A sentence with file and line, in lower case and without a full stop.
    pub text: String,
}

/// A path with dots: `app_metadata.org`, `roles[]`.
pub fn dotted(path: &[String]) -> String {
    let mut text = String::new();
    for step in path {
        if !text.is_empty() && step != "[]" {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}
