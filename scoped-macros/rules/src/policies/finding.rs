use std::fmt;

use super::object::SourceLocation;

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Only a hint: the build goes on.
    Warning,
    /// The policies and the claims cannot both be right.
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

/// What a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum FindingKind {
    /// A claim is read that the tokens do not have.
    Missing,
    /// A claim is used as something that it never is.
    Mismatch,
    /// A claim is used as something that it only sometimes is.
    Doubtful,
    /// A policy trusts what users edit themselves.
    UserMetadata,
    /// `auth.jwt()` outside of `(select ..)`, so that Postgres asks once for each row.
    Unwrapped,
    /// `->> 'key'::type` casts the key, not the claim.
    KeyCast,
    /// A claim that only Auth's own tokens carry.
    AuthOnly,
    /// Top-level `role` compared with what is no database role.
    RoleLiteral,
    /// A read that cannot be followed.
    Unfollowed,
    /// A claim that nothing reads.
    Unread,
    /// A restrictive policy for sessions with a second factor.
    Assurance,
    /// Policies on a table whose row level security is off.
    RlsOff,
    /// A file that was not read, or not as it is.
    Skipped,
}

impl FindingKind {
    /// All of them.
    pub const ALL: [Self; 13] = [
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
        Self::Skipped,
    ];

    /// The name for `deny`, `warn` and `allow`.
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
            Self::Skipped => "skipped",
        }
    }
}

/// Something to say about a read, or about a claim that nothing reads.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub kind: FindingKind,
    /// The claim's path, if it is about one.
    pub path: Vec<String>,
    /// The index in [`Project::objects`](super::Project::objects); none for an unread claim.
    pub object: Option<usize>,
    /// Where it is written; none for an unread claim.
    pub location: Option<SourceLocation>,
    /// Where else the same is to be said: the object and the place.
    pub other_locations: Vec<(usize, SourceLocation)>,
    /// One sentence with file and line, in lower case and without a full stop.
    pub text: String,
}

/// A path as people write it: `app_metadata.org`, `roles[]`.
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
