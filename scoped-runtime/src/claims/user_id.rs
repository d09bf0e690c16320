use std::sync::Arc;

use scoped_rules::uuid::{parse_like_postgres, parse_user_id};
use uuid::Uuid;

use super::subject;
use super::text_traits::text_traits;
use crate::error::ClientError;

/// The ID of the user that a client acts as: the token's `sub` claim (RFC 7519, section 4.1.2), which
/// `auth.uid()` returns.
///
/// ```
/// use scoped_runtime::UserId;
///
/// let alice: UserId = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11".parse()?;
/// assert_eq!(alice, UserId::new("6F7F5B3C-6A4E-4B57-9F0E-2F4B5D0C9A11")?);
/// assert!("alice".parse::<UserId>().is_err());
/// assert_eq!(UserId::external("auth0|123")?.as_str(), "auth0|123");
/// # Ok::<(), scoped_runtime::ClientError>(())
/// ```
///
/// Serde writes the ID as text and reads a UUID. Read the ID of a third-party issuer as a `String`, and convert
/// it with [`external`](Self::external).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The ID of a user of Supabase Auth, which is a UUID (RFC 9562). It is normalised to the lower-case,
    /// hyphenated form.
    ///
    /// ```
    /// use scoped_runtime::UserId;
    ///
    /// assert!(UserId::new("a11ce000-0000-4000-8000-000000000001").is_ok());
    /// assert!(UserId::new("alice").is_err()); // `auth.uid()` would fail
    /// ```
    ///
    /// # Errors
    /// [`ClientError::InvalidUserId`] when the text is empty or not a UUID.
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

    /// The ID of a user of a third-party issuer (Clerk, Firebase, ...), which need not be a UUID. Policies must
    /// read it with `auth.jwt() ->> 'sub'`, since `auth.uid()` casts it to a UUID and fails; see
    /// <https://supabase.com/docs/guides/auth/third-party/overview>.
    ///
    /// An ID that PostgreSQL reads as a UUID, in any spelling, is normalised to the form of
    /// [`new`](Self::new), so that each user has one ID.
    ///
    /// # Errors
    /// [`ClientError::InvalidUserId`] when the text is empty or invisible, is longer than 255 bytes, or has
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

    /// The ID as the token contains it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Compares with a text, in any spelling that PostgreSQL reads as the same UUID.
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

/// A value that names a user: a [`UserId`], a [`Uuid`], a text, or a reference to one of them. Implement it for
/// your own type of users, to pass them to [`ScopedClients::user`](crate::ScopedClients::user).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a user",
    label = "not a user ID",
    note = "pass a `UserId`, a `uuid::Uuid`, a `&str` or a `String`"
)]
pub trait ToUserId {
    /// The user's ID.
    ///
    /// # Errors
    /// [`ClientError::InvalidUserId`] when the value is not a valid ID.
    fn to_user_id(&self) -> Result<UserId, ClientError>;

    /// Whether the user is known to be anonymous, so that tokens for the user have `is_anonymous`. A verified
    /// [`Caller`](crate::Caller) knows it; an ID alone counts as that of a permanent user.
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
