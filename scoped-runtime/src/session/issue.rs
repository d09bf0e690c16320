//! What a session mints: signed tokens, or the same claims without a signature.

use std::future::Future;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::minter::signer_failed;
use super::{MintContext, SessionSpec};
use crate::audit::MintPurpose;
use crate::error::TokenError;
use crate::key::{Key, KeyGeneration};
use crate::token::{AccessToken, Issued, UnsignedToken};

/// All that a mint is made from, except the key. The policy has allowed it.
pub(super) struct Draft<'a> {
    pub(super) context: &'a MintContext,
    pub(super) spec: &'a SessionSpec,
    pub(super) jwt_id: Uuid,
    pub(super) now: SystemTime,
    pub(super) expires_in: Duration,
}

/// A kind of mint.
pub(super) trait Issue: Issued {
    /// What the audit records as its purpose.
    const PURPOSE: MintPurpose;

    /// Whether it is made with this key on this machine alone, so that nothing is awaited.
    fn is_local(key: &Key) -> bool;

    /// The number of the key generation whose rotation outdates it.
    fn outdated_with(generation: &KeyGeneration) -> u64;

    /// The ID of the key that the audit records.
    fn key_id(key: &Key) -> Option<&str>;

    /// Makes it on this machine.
    fn issue_local(draft: &Draft<'_>, key: &Key) -> Result<Self, TokenError>;

    /// Makes it, and awaits a remote signer.
    fn issue(draft: &Draft<'_>, key: &Key)
    -> impl Future<Output = Result<Self, TokenError>> + Send;
}

impl Draft<'_> {
    fn unsigned(&self, key: &Key) -> Result<UnsignedToken, TokenError> {
        let backdate = self.context.backdate;
        let template = &self.spec.template;
        template.unsigned(key, self.jwt_id, self.now, self.expires_in, backdate)
    }
}

impl Issue for AccessToken {
    const PURPOSE: MintPurpose = MintPurpose::Token;

    fn is_local(key: &Key) -> bool {
        matches!(key, Key::Local(_))
    }

    fn outdated_with(generation: &KeyGeneration) -> u64 {
        generation.number
    }

    fn key_id(key: &Key) -> Option<&str> {
        key.key_id()
    }

    fn issue_local(draft: &Draft<'_>, key: &Key) -> Result<Self, TokenError> {
        let Key::Local(local) = key else {
            return Err(TokenError::AwaitSigner);
        };
        let unsigned = draft.unsigned(key)?;
        let signature = local.sign(unsigned.signing_input());
        let signature = signature.ok_or(TokenError::Sign)?;
        unsigned.signed(signature.as_ref(), draft.context.max_token_bytes)
    }

    async fn issue(draft: &Draft<'_>, key: &Key) -> Result<Self, TokenError> {
        let Key::Remote(remote) = key else {
            return Self::issue_local(draft, key);
        };
        let unsigned = draft.unsigned(key)?;
        let signature = remote.sign(unsigned.signing_input()).await;
        let signature = signature.map_err(signer_failed)?;
        let (bytes, algorithm) = (signature.len(), key.algorithm());
        if !algorithm.allows_length(bytes) {
            let name = algorithm.name();
            let reason = format!("a JWS signature with {name} does not have {bytes} bytes");
            return Err(signer_failed(reason.into()));
        }
        unsigned.signed(&signature, draft.context.max_token_bytes)
    }
}

#[cfg(feature = "postgres")]
mod unsigned {
    use super::super::cached::NO_KEY;
    use super::{Draft, Issue, Key, KeyGeneration, MintPurpose, TokenError};
    use crate::token::UnsignedClaims;

    impl Issue for UnsignedClaims {
        const PURPOSE: MintPurpose = MintPurpose::Postgres;

        fn is_local(_: &Key) -> bool {
            true
        }

        fn outdated_with(_: &KeyGeneration) -> u64 {
            NO_KEY
        }

        fn key_id(_: &Key) -> Option<&str> {
            None
        }

        fn issue_local(draft: &Draft<'_>, _: &Key) -> Result<Self, TokenError> {
            let backdate = draft.context.backdate;
            let template = &draft.spec.template;
            template.without_signature(draft.jwt_id, draft.now, draft.expires_in, backdate)
        }

        async fn issue(draft: &Draft<'_>, key: &Key) -> Result<Self, TokenError> {
            Self::issue_local(draft, key)
        }
    }
}
