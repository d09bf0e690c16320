use super::ScopedClient;
use crate::claims::ScopedClaims;
use crate::error::Error;
use crate::token::AccessToken;
use crate::transport::Response;

/// With feature `blocking`.
impl<C: ScopedClaims> ScopedClient<C> {
    #[cfg(feature = "postgrest")]
    /// Sends a native `postgrest` builder as this user, and waits for the answer. The URL of the builder
    /// must name a table or function of this project; `apikey` and `Authorization` headers are replaced.
    ///
    /// # Errors
    /// The errors of `execute` of [`blocking::Query`](super::Query).
    pub fn execute(&self, builder: postgrest::Builder) -> Result<Response, Error> {
        let (core, request) = self.native_request(builder)?;
        core.send_and_wait(&request)
    }

    /// Returns a live token, for another library that talks to the same project. Call it for each use
    /// instead of keeping the token, which expires. It blocks only for a remote [`Signer`](crate::Signer).
    ///
    /// # Errors
    /// [`Error::Token`] when the token has to be renewed and cannot be; [`Error::Client`] when the client is
    /// closed.
    pub fn token(&self) -> Result<AccessToken, Error> {
        self.core().token_and_wait()
    }
}

/// With feature `blocking`.
impl<C: ScopedClaims> crate::ScopedClient<C> {
    /// Turns this client into a blocking one. Use it for the clients that a verified
    /// [`Caller`](crate::Caller) makes, which are async.
    #[must_use]
    pub fn into_blocking(self) -> ScopedClient<C> {
        self.into_mode()
    }
}
