use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::held::{Held, Moment};
use super::{Identity, Lifetime};
use crate::audit::{Audit, MintRecord};
use crate::clock::Clock;
use crate::error::{ConfigurationError, TokenError};
use crate::key::{Key, KeyGeneration, Keys, SigningKey};
use crate::metrics;
use crate::mint_policy::MintPolicy;
use crate::token::{AccessToken, JwtIds, Template, Unsigned};

/// What all mints of a project have in common.
#[derive(Debug)]
pub(crate) struct Mint {
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Audit,
    pub(crate) policy: MintPolicy,
    pub(crate) jwt_ids: JwtIds,
    /// How much earlier than now `iat` is, for servers whose clock is behind.
    pub(crate) backdate: Duration,
    pub(crate) max_token_bytes: usize,
    pub(crate) signer_timeout: Duration,
}

/// What all tokens of a session have in common. Two sessions with equal content may be one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    /// All claims but the times and the JWT ID: user, role, issuer, actor and custom claims.
    pub(crate) template: Arc<Template>,
    pub(crate) lifetime: Lifetime,
    pub(crate) identity: Identity,
    /// For the audit only.
    pub(crate) reason: Option<Arc<str>>,
}

impl Content {
    /// About how many bytes it keeps.
    pub(crate) fn bytes(&self) -> usize {
        let reason = self.reason.as_ref().map_or(0, |reason| reason.len());
        let actors = std::iter::successors(self.identity.actor(), |actor| actor.actor());
        let actors: usize = actors.map(|actor| actor.subject().len()).sum();
        self.template.bytes() + actors + reason + self.identity.user_id().as_str().len()
    }
}

/// Mints the tokens of one session.
#[derive(Debug)]
pub(super) struct Minter {
    pub(super) mint: Arc<Mint>,
    pub(super) content: Content,
    /// Whether a token was minted: the next one is a renewal.
    has_minted: AtomicBool,
}

impl Minter {
    pub(super) fn new(mint: Arc<Mint>, content: Content) -> Self {
        Self {
            mint,
            content,
            has_minted: AtomicBool::new(false),
        }
    }

    /// Counts a mint, or its failure.
    fn counted(&self, outcome: Result<Held, TokenError>) -> Result<Held, TokenError> {
        match &outcome {
            Ok(_) => metrics::minted(self.has_minted.swap(true, Ordering::Relaxed)),
            Err(error) => metrics::mint_failed(error),
        }
        outcome
    }

    /// With a key that is here, where nothing is recorded.
    pub(super) fn local(&self, key: &SigningKey, turn: &KeyGeneration) -> Result<Held, TokenError> {
        self.counted(self.minted(key, turn))
    }

    fn minted(&self, key: &SigningKey, turn: &KeyGeneration) -> Result<Held, TokenError> {
        let moment = Moment::now(&*self.mint.clock);
        let unsigned = self.unsigned(turn, moment)?;
        let signature = key.sign(unsigned.signing_input()).ok_or(TokenError::Sign)?;
        let token = unsigned.signed(signature.as_ref(), self.mint.max_token_bytes)?;
        Ok(Held::new(token, turn.number, moment, self.content.lifetime))
    }

    /// With code that is not ours: a signer, an audit sink. The future owns what it needs, so that no
    /// caller has to stay.
    pub(super) fn elsewhere(
        self: &Arc<Self>,
        turn: Arc<KeyGeneration>,
        recording: Recording,
    ) -> impl Future<Output = Result<Held, TokenError>> + Send + 'static {
        let (minter, counter) = (Arc::clone(self), Arc::clone(self));
        let minting = async move {
            let moment = Moment::now(&*minter.mint.clock);
            let unsigned = minter.unsigned(&turn, moment)?;
            let jwt_id = unsigned.jwt_id;
            let token = minter.signed(unsigned, &turn).await?;
            minter.record(&token, jwt_id, &turn, recording).await?;
            Ok(Held::new(
                token,
                turn.number,
                moment,
                minter.content.lifetime,
            ))
        };
        // A panic would stay in the future that all share, and every later caller would meet it.
        AssertUnwindSafe(minting)
            .catch_unwind()
            .map(move |outcome| {
                let outcome = outcome.unwrap_or_else(|_| Err(signer_failed(PANICKED.into())));
                counter.counted(outcome)
            })
    }

    /// Asks the policy, for every mint: what it says of a user may change.
    fn check_policy(&self) -> Result<(), TokenError> {
        let Content {
            identity, lifetime, ..
        } = &self.content;
        let (user_id, role, actor) = (identity.user_id(), identity.role(), identity.actor());
        let life = lifetime.expires_in;
        let policy = &self.mint.policy;
        let problems = policy.check(user_id, role, life, identity.aal(), actor);
        if problems.is_empty() {
            return Ok(());
        }
        let source = Arc::new(ConfigurationError::new(problems));
        Err(TokenError::RefusedByPolicy { source })
    }

    async fn signed(
        &self,
        unsigned: Unsigned,
        turn: &KeyGeneration,
    ) -> Result<AccessToken, TokenError> {
        let max_bytes = self.mint.max_token_bytes;
        match &turn.key {
            Key::Local(key) => {
                let signature = key.sign(unsigned.signing_input()).ok_or(TokenError::Sign)?;
                unsigned.signed(signature.as_ref(), max_bytes)
            }
            Key::Remote(remote) => {
                let signature = remote
                    .sign(unsigned.signing_input())
                    .await
                    .map_err(signer_failed)?;
                let (bytes, algorithm) = (signature.len(), turn.key.algorithm());
                if !algorithm.fits(bytes) {
                    let name = algorithm.name();
                    let reason =
                        format!("a signature of {bytes} bytes is not one of {name} for JWS");
                    return Err(signer_failed(reason.into()));
                }
                unsigned.signed(&signature, max_bytes)
            }
        }
    }

    fn unsigned(&self, turn: &KeyGeneration, moment: Moment) -> Result<Unsigned, TokenError> {
        self.check_policy()?;
        let jwt_id = self.mint.jwt_ids.next()?;
        let life = self.content.lifetime.expires_in;
        let backdate = self.mint.backdate;
        let template = &self.content.template;
        template.unsigned(&turn.key, jwt_id, moment.wall, life, backdate)
    }

    /// Records a token. Nobody has it before that.
    async fn record(
        self: &Arc<Self>,
        token: &AccessToken,
        jwt_id: uuid::Uuid,
        turn: &Arc<KeyGeneration>,
        recording: Recording,
    ) -> Result<(), TokenError> {
        let audit = &self.mint.audit;
        let outcome = match recording {
            _ if !audit.is_on() => return Ok(()),
            // A sink that takes its time takes it on a thread where waiting is right.
            Recording::Aside if !audit.is_elsewhere() && Handle::try_current().is_ok() => {
                let (minter, token, turn) = (Arc::clone(self), token.clone(), Arc::clone(turn));
                let work = move || {
                    minter
                        .mint
                        .audit
                        .record(&minter.entry(&token, jwt_id, &turn.key))
                };
                match tokio::task::spawn_blocking(work).await {
                    Ok(outcome) => outcome,
                    Err(_) => audit.judge(Err("the runtime has ended".into())),
                }
            }
            _ => {
                audit
                    .record_async(&self.entry(token, jwt_id, &turn.key))
                    .await
            }
        };
        outcome.map_err(|source| TokenError::Audit {
            source: source.into(),
        })
    }

    fn entry<'a>(
        &'a self,
        token: &AccessToken,
        jwt_id: uuid::Uuid,
        key: &'a Key,
    ) -> MintRecord<'a> {
        let Content {
            identity, reason, ..
        } = &self.content;
        MintRecord {
            jwt_id: jwt_id.to_string(),
            subject: identity.user_id(),
            role: identity.role(),
            aal: identity.aal(),
            actor: identity.actor(),
            reason: reason.as_deref(),
            key_id: key.key_id(),
            issued_at: token.issued_at(),
            expires_at: token.expires_at(),
        }
    }
}

/// Where an audit sink runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Recording {
    /// On the thread that asks for the token.
    Here,
    /// On a thread of the runtime where waiting is right.
    Aside,
}

const PANICKED: &str = "the signer or the audit sink panicked";

fn signer_failed(source: Box<dyn std::error::Error + Send + Sync>) -> TokenError {
    TokenError::Signer {
        source: source.into(),
    }
}
