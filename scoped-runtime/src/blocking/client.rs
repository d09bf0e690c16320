use super::ScopedClient;
use crate::claims::ScopedClaims;
use crate::error::Error;
use crate::token::AccessToken;
use crate::transport::Response;

/// With feature `blocking`.
impl<C: ScopedClaims> ScopedClient<C> {
    #[cfg(feature = "postgrest")]
    /// Sends a native `postgrest` builder of your own as this user, and waits for the answer. Its URL
    /// must be one of this project's tables or functions; an `apikey` or `Authorization` header in it
    /// is replaced.
    ///
    /// # Errors
    /// As [`blocking::Query`](super::Query)'s `execute`.
    pub fn execute(&self, builder: postgrest::Builder) -> Result<Response, Error> {
        let (core, request) = self.own(builder)?;
        core.send_and_wait(&request)
    }

    /// A live token, for another client of the same project. It ends; ask again rather than keep it.
    /// Waits only for a remote [`Signer`](crate::Signer), if the project has one.
    ///
    /// # Errors
    /// [`Error::Token`] when it is due and cannot be renewed.
    pub fn token(&self) -> Result<AccessToken, Error> {
        self.core().token_and_wait()
    }
}

/// With feature `blocking`.
impl<C: ScopedClaims> crate::ScopedClient<C> {
    /// The same client, whose requests the thread waits for: for those that a verified
    /// [`Caller`](crate::Caller) makes.
    #[must_use]
    pub fn into_blocking(self) -> ScopedClient<C> {
        self.into_mode()
    }
}
