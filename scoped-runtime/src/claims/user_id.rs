use std::sync::Arc;

use scoped_rules::uuid::{parse_like_postgres, parse_user_id};
use uuid::Uuid;

use super::subject;
use super::text_traits::text_traits;
use crate::error::ClientError;

/// The user that a client acts as: the token's `sub`, which `auth.uid()` returns.
///
/// ```
/// use scoped_runtime::UserId;
///
/// let alice: UserId = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11".parse()?;
/// assert!("alice".parse::<UserId>().is_err());
/// # Ok::<(), scoped_runtime::ClientError>(())
/// ```
///
/// Serde writes the ID as text, and reads a UUID: an ID of [`external`](Self::external) has to be read as text
/// and made one by the program, which knows the issuer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// A user of Supabase Auth, whose ID is a UUID. Kept in its lower-case, hyphenated form.
    ///
    /// # Errors
    /// [`ClientError::InvalidUserId`] when it is empty or no UUID.
    pub fn new(id: &str) -> Result<Self, ClientError> {
        if id.trim().is_empty() {
            return Err(ClientError::InvalidUserId {
                reason: "is empty",
                remedy: "pass the user's ID from `auth.users`",
            });
        }
        let uuid = parse_user_id(id).map(Uuid::from_u128);
        uuid.map(Self::from).ok_or(ClientError::InvalidUserId {
            reason: "is not a UUID, so `auth.uid()` would fail",
            remedy: "pass the user's ID from `auth.users`, or `UserId::external(..)` for a third-party issuer",
        })
    }

    /// A user of a third-party issuer (Clerk, Firebase, ...), whose ID need not be a UUID. Policies
    /// must read it as `auth.jwt() ->> 'sub'`, since `auth.uid()` casts it to a UUID and fails.
    ///
    /// An ID that PostgreSQL would read as a UUID, in whatever spelling, is that UUID's user: it is kept in
    /// the form of [`new`](Self::new), so that one user has one ID.
    ///
    /// # Errors
    /// [`ClientError::InvalidUserId`] when it is empty or shows nothing, is longer than 255 bytes, or has
    /// control characters.
    pub fn external(id: impl Into<String>) -> Result<Self, ClientError> {
        let id = id.into();
        match (subject::problem(&id), parse_like_postgres(&id)) {
            (Some(reason), _) => Err(ClientError::InvalidUserId {
                reason,
                remedy: "pass the `sub` that the issuer gives the user",
            }),
            (None, Some(uuid)) => Ok(Uuid::from_u128(uuid).into()),
            (None, None) => Ok(Self(id.into())),
        }
    }

    /// The ID as it stands in the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text names this user, in any spelling that PostgreSQL reads as the same UUID.
impl PartialEq<str> for UserId {
    fn eq(&self, text: &str) -> bool {
        let uuid = parse_like_postgres(text)
            .map(Uuid::from_u128)
            .map(Self::from);
        uuid.map_or(self.as_str() == text, |uuid| *self == uuid)
    }
}

impl PartialEq<&str> for UserId {
    fn eq(&self, text: &&str) -> bool {
        *self == **text
    }
}

text_traits!(UserId, ClientError);

impl From<Uuid> for UserId {
    fn from(id: Uuid) -> Self {
        let mut buffer = Uuid::encode_buffer();
        Self(Arc::from(&*id.hyphenated().encode_lower(&mut buffer)))
    }
}

/// A value that names a user: a [`UserId`], a [`Uuid`], a `&str` or a `String`, or a reference to one.
/// Implement it for your own user type to pass that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a user",
    label = "not a user ID",
    note = "pass a `UserId`, a `uuid::Uuid`, a `&str` or a `String`"
)]
pub trait ToUserId {
    /// The user's ID.
    ///
    /// # Errors
    /// [`ClientError::InvalidUserId`] when the value is no valid ID.
    fn to_user_id(&self) -> Result<UserId, ClientError>;

    /// Whether this is known to be an anonymous user, so that their client is one's, too: a verified
    /// [`Caller`](crate::Caller) knows it. An ID alone says nothing, and counts as a permanent user's.
    fn is_anonymous(&self) -> bool {
        false
    }
}

impl ToUserId for UserId {
    fn to_user_id(&self) -> Result<UserId, ClientError> {
        Ok(self.clone())
    }
}

impl ToUserId for Uuid {
    fn to_user_id(&self) -> Result<UserId, ClientError> {
        Ok((*self).into())
    }
}

impl ToUserId for str {
    fn to_user_id(&self) -> Result<UserId, ClientError> {
        UserId::new(self)
    }
}

impl ToUserId for String {
    fn to_user_id(&self) -> Result<UserId, ClientError> {
        UserId::new(self)
    }
}

impl<T: ToUserId + ?Sized> ToUserId for &T {
    fn to_user_id(&self) -> Result<UserId, ClientError> {
        (**self).to_user_id()
    }

    fn is_anonymous(&self) -> bool {
        (**self).is_anonymous()
    }
}
