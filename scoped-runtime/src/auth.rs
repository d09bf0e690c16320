//! Auth, reading only: the user of a client as Auth knows them, and the claims of the client's token.
//!
//! Sign-up, sign-in, sign-out, changes of a user and everything else that has an effect is not here, and
//! [`ScopedClient::request`] refuses it. A minted token belongs to no session, so Auth would end *all* sessions
//! of the user at a `logout`. [The guide](crate::docs::auth) names crates that sign users in.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::claims::{ScopedClaims, UserId};
use crate::client::{Async, Core, Mode, ScopedClient, ScopedClientBuilder, answer};
use crate::error::{AuthError, ClientError};
use crate::rest::{BuiltClient, Request};
use crate::transport::{ErrorResponse, ServiceError, is_gateway_status};

/// Auth, as far as it can be read as the client's user; [`ScopedClient::auth`] returns it.
pub struct Auth<M: Mode = Async> {
    core: Arc<Core>,
    mode: PhantomData<fn() -> M>,
}

impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// Auth, as far as it can be read as this client's user.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let me = alice.auth().user().await?;
    /// println!("{} {:?}", me.id, me.email);
    /// # Ok(()) }
    /// ```
    pub fn auth(&self) -> Auth<M> {
        Auth {
            core: Arc::clone(self.core()),
            mode: PhantomData,
        }
    }
}

/// A method that no program can call: the compiler says that the client has to be built first.
impl<C, M: Mode> ScopedClientBuilder<C, M> {
    #[doc(hidden)]
    pub fn auth(&self) -> Auth<M>
    where
        Self: BuiltClient,
    {
        self.never()
    }
}

impl<M: Mode> Auth<M> {
    /// Asks Auth for the client's user: `GET /auth/v1/user`. What it returns is what Auth has stored, which may
    /// differ from the claims of the client's token.
    ///
    /// ```no_run
    /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let user = alice.auth().user().await?;
    /// println!("{} {:?}", user.id, user.email);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Auth`](crate::Error::Auth) when Auth does not know the user ([`AuthError::is_not_found`]), as is the case for users
    /// of a third-party issuer, or refuses the token, as it does for a banned user and for a token that is
    /// signed with a key of a third-party issuer; [`ClientError::AnotherUser`] when the answer is about another
    /// user; the other errors of [`Request::execute`](crate::Request::execute).
    #[doc(alias = "get_user")]
    #[doc(alias = "getUser")]
    pub fn user(&self) -> M::Answer<User> {
        let core = Arc::clone(&self.core);
        answer::<_, M>(&self.core, async move {
            let mut request = Request::<M>::new(&core, "GET", "auth/v1/user");
            request.outgoing_mut().read_error = read_error;
            let (core, outgoing) = request.into_outgoing()?;
            let user: User = core.send(&outgoing).await?.json()?;
            if core.user_id() == Some(&user.id) {
                Ok(user)
            } else {
                Err(ClientError::AnotherUser.into())
            }
        })
    }

    /// The claims of the client's present token, decoded without asking a server. The token is renewed first
    /// if it has to be.
    ///
    /// # Errors
    /// [`Error::Token`](crate::Error::Token) when there is no live token; [`Error::Client`](crate::Error::Client)
    /// when the client is closed.
    #[doc(alias = "get_claims")]
    #[doc(alias = "getClaims")]
    pub fn claims(&self) -> M::Answer<Map<String, Value>> {
        let core = Arc::clone(&self.core);
        answer::<_, M>(
            &self.core,
            async move { Ok(core.token_async().await?.claims()) },
        )
    }
}

/// A user as Auth has stored them. Times are texts as in RFC 3339.
///
/// `Debug` shows the ID alone, since the rest is personal data.
#[derive(Clone, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct User {
    /// The user's ID, the `sub` of their tokens.
    pub id: UserId,
    /// The audience of the user's tokens; `authenticated`.
    #[serde(default)]
    pub aud: Option<String>,
    /// The role of the user's own sessions. The client's role may be another one.
    #[serde(default)]
    pub role: Option<String>,
    /// The email address; empty if the user has none.
    #[serde(default)]
    pub email: Option<String>,
    /// The phone number; empty if the user has none.
    #[serde(default)]
    pub phone: Option<String>,
    /// When the email address was confirmed.
    #[serde(default)]
    pub email_confirmed_at: Option<String>,
    /// When the phone number was confirmed.
    #[serde(default)]
    pub phone_confirmed_at: Option<String>,
    /// When the user last signed in.
    #[serde(default)]
    pub last_sign_in_at: Option<String>,
    /// Metadata that only the project can change. Policies may rely on it.
    #[serde(default)]
    pub app_metadata: Map<String, Value>,
    /// Metadata that the user can change. **No decision may rely on it.**
    #[serde(default)]
    pub user_metadata: Map<String, Value>,
    /// The accounts with which the user signs in, as Auth describes them.
    #[serde(default)]
    pub identities: Option<Vec<Value>>,
    /// The second factors of the user, as Auth describes them.
    #[serde(default)]
    pub factors: Option<Vec<Value>>,
    /// Whether the user signed in anonymously.
    #[serde(default)]
    pub is_anonymous: bool,
    /// When the user was created.
    #[serde(default)]
    pub created_at: Option<String>,
    /// When the user was last changed.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// The members that this type does not name.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

fn read_error(response: &ErrorResponse<'_>) -> ServiceError {
    let error = AuthError::new(response.status, response.headers, response.body);
    ServiceError {
        is_expired_token: error.is_expired_token(),
        is_transient: is_gateway_status(response.status),
        error: error.into(),
    }
}

impl<M: Mode> Clone for Auth<M> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            mode: PhantomData,
        }
    }
}

impl<M: Mode> fmt::Debug for Auth<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("user_id", &self.core.user_id())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
