use std::sync::Arc;
#[cfg(feature = "postgres")]
use std::sync::OnceLock;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::minter::SessionState;
use super::minting_source::MintingSource;
use super::{Identity, MintContext, SessionSpec, TokenSource};
use crate::error::TokenError;
use crate::token::AccessToken;
#[cfg(feature = "postgres")]
use crate::token::UnsignedClaims;

/// The session of one identity, which mints its tokens and, for direct Postgres, the same claims without a
/// signature. Each is cached and renewed by itself.
pub(crate) struct MintedSession {
    tokens: MintingSource<AccessToken>,
    /// Made by the first statement, since most sessions have none.
    #[cfg(feature = "postgres")]
    claims: OnceLock<Box<MintingSource<UnsignedClaims>>>,
}

impl MintedSession {
    pub(crate) fn new(context: Arc<MintContext>, spec: SessionSpec) -> Self {
        Self {
            tokens: MintingSource::new(Arc::new(SessionState::new(context, spec))),
            #[cfg(feature = "postgres")]
            claims: OnceLock::new(),
        }
    }

    /// What all tokens of the session have in common.
    pub(crate) fn spec(&self) -> &SessionSpec {
        &self.tokens.session().spec
    }

    #[cfg(feature = "postgres")]
    fn claims(&self) -> &MintingSource<UnsignedClaims> {
        self.claims.get_or_init(|| {
            let session = Arc::clone(self.tokens.session());
            Box::new(MintingSource::new(session))
        })
    }
}

impl TokenSource for MintedSession {
    fn identity(&self) -> &Identity {
        &self.spec().identity
    }

    fn current(&self) -> Option<AccessToken> {
        self.tokens.current()
    }

    /// With a remote signer or an async audit sink this returns the cached token until it expires, and fails
    /// with [`TokenError::AwaitSigner`] before the first [`token_async`](Self::token_async).
    fn token(&self) -> Result<AccessToken, TokenError> {
        self.tokens.obtain_now()
    }

    fn token_async(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        self.tokens.obtain(None).boxed()
    }

    fn replace<'a>(
        &'a self,
        refused: &'a AccessToken,
    ) -> Option<BoxFuture<'a, Result<AccessToken, TokenError>>> {
        if !self.spec().lifetime.auto_refresh {
            return None;
        }
        Some(self.tokens.obtain(Some(refused)).boxed())
    }

    fn is_live(&self, token: &AccessToken) -> bool {
        self.tokens.is_live(token)
    }

    fn time_to_renewal(&self) -> Option<Duration> {
        self.tokens.time_to_renewal()
    }

    #[cfg(feature = "postgres")]
    fn current_claims(&self) -> Option<UnsignedClaims> {
        self.claims().current()
    }

    #[cfg(feature = "postgres")]
    fn claims_now(&self) -> Result<UnsignedClaims, TokenError> {
        self.claims().obtain_now()
    }

    #[cfg(feature = "postgres")]
    fn claims_async(&self) -> BoxFuture<'_, Result<UnsignedClaims, TokenError>> {
        self.claims().obtain(None).boxed()
    }

    #[cfg(feature = "postgres")]
    fn are_live(&self, claims: &UnsignedClaims) -> bool {
        self.claims().is_live(claims)
    }

    fn as_minted(&self) -> Option<&MintedSession> {
        Some(self)
    }
}
