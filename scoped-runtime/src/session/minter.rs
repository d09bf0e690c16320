use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::Lifetime;
use super::held::{Held, Moment};
use crate::audit::{Audit, MintRecord};
use crate::claims::{Actor, Role, UserId};
use crate::clock::Clock;
use crate::error::TokenError;
use crate::key::{Key, Keys, Remote, SigningKey, Turn};
use crate::token::{AccessToken, JwtIds, Template, Unsigned};

/// What all mints of a project have in common.
#[derive(Debug)]
pub(crate) struct Mint {
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Audit,
    pub(crate) jwt_ids: JwtIds,
    /// How much earlier than now `iat` is, for servers whose clock is behind.
    pub(crate) backdate: Duration,
    pub(crate) max_token_bytes: usize,
    pub(crate) signer_timeout: Duration,
}

/// What all tokens of a session have in common. Two sessions with equal content may be one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    /// All claims but the times and the JWT ID: user, role, issuer, actor and custom claims. There is
    /// none for a token that is passed on, so nothing can be minted in its place.
    pub(crate) template: Option<Arc<Template>>,
    pub(crate) lifetime: Lifetime,
    /// For the audit only.
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) is_anonymous: bool,
    pub(crate) actor: Option<Actor>,
    pub(crate) reason: Option<Arc<str>>,
}

/// Mints the tokens of one session.
#[derive(Debug)]
pub(super) struct Minter {
    pub(super) mint: Arc<Mint>,
    pub(super) content: Content,
}

impl Minter {
    /// With a key that is here.
    pub(super) fn local(&self, key: &SigningKey, turn: &Turn) -> Result<Held, TokenError> {
        let moment = Moment::now(&*self.mint.clock);
        let unsigned = self.unsigned(turn, moment)?;
        let signature = key.sign(unsigned.signing_input()).ok_or(TokenError::Sign)?;
        self.finish(unsigned, signature.as_ref(), turn, moment)
    }

    /// With a key that is elsewhere. The future owns what it needs, so that no caller has to stay.
    pub(super) fn remote(
        self: &Arc<Self>,
        remote: Remote,
        turn: Arc<Turn>,
    ) -> impl Future<Output = Result<Held, TokenError>> + Send + 'static {
        let minter = Arc::clone(self);
        let signing = async move {
            let moment = Moment::now(&*minter.mint.clock);
            let unsigned = minter.unsigned(&turn, moment)?;
            let signature = remote
                .sign(unsigned.signing_input())
                .await
                .map_err(signer_failed)?;
            let (bytes, algorithm) = (signature.len(), turn.key.algorithm());
            if !algorithm.fits(bytes) {
                let name = algorithm.name();
                let reason = format!("a signature of {bytes} bytes is not one of {name} for JWS");
                return Err(signer_failed(reason.into()));
            }
            minter.finish(unsigned, &signature, &turn, moment)
        };
        // A panic would stay in the future that all share, and every later caller would meet it.
        AssertUnwindSafe(signing)
            .catch_unwind()
            .map(|outcome| outcome.unwrap_or_else(|_| Err(signer_failed(PANICKED.into()))))
    }

    fn unsigned(&self, turn: &Turn, moment: Moment) -> Result<Unsigned, TokenError> {
        let jwt_id = self.mint.jwt_ids.next()?;
        let life = self.content.lifetime.expires_in;
        let backdate = self.mint.backdate;
        let template = self.content.template.as_ref().ok_or(TokenError::Expired)?;
        template.unsigned(&turn.key, jwt_id, moment.wall, life, backdate)
    }

    /// Puts the token together and records it. Nobody has it before that.
    fn finish(
        &self,
        unsigned: Unsigned,
        signature: &[u8],
        turn: &Turn,
        moment: Moment,
    ) -> Result<Held, TokenError> {
        let jwt_id = unsigned.jwt_id;
        let token = unsigned.signed(signature, self.mint.max_token_bytes)?;
        if self.mint.audit.is_on() {
            self.record(&token, jwt_id, &turn.key)?;
        }
        let lifetime = self.content.lifetime;
        Ok(Held::new(token, turn.number, moment, lifetime))
    }

    fn record(&self, token: &AccessToken, jwt_id: uuid::Uuid, key: &Key) -> Result<(), TokenError> {
        let Content {
            user_id,
            role,
            actor,
            reason,
            ..
        } = &self.content;
        let record = MintRecord {
            jwt_id: jwt_id.to_string(),
            subject: user_id,
            role,
            actor: actor.as_ref(),
            reason: reason.as_deref(),
            key_id: key.key_id(),
            issued_at: token.issued_at(),
            expires_at: token.expires_at(),
        };
        let recorded = self.mint.audit.record(&record);
        recorded.map_err(|source| TokenError::Audit {
            source: source.into(),
        })
    }
}

const PANICKED: &str = "the signer or the audit sink panicked";

fn signer_failed(source: Box<dyn std::error::Error + Send + Sync>) -> TokenError {
    TokenError::Signer {
        source: source.into(),
    }
}
