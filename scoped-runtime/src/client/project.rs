use std::convert::Infallible;
use std::sync::Arc;
#[cfg(feature = "blocking")]
use std::sync::{Mutex, PoisonError};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::core::UserCore;
#[cfg(feature = "blocking")]
use super::executor::Executor;
use super::typed_store::TypedStore;
use crate::claims::{Aal, Actor, ClaimSet, Role, UserId};
use crate::config::Config;
use crate::error::{ConfigurationError, Error};
use crate::key::{Key, Keys};
use crate::metrics;
use crate::mint_policy::MintPolicy;
use crate::session::{
    CloseFlag, Identity, IdentityClaims, Lifetime, MintContext, MintedSession, OpenUsers,
    SessionSpec, TokenSource,
};
use crate::token::{JwtIdPool, PayloadTemplate};
#[cfg(feature = "postgrest")]
use crate::transport::PostgrestBridge;
use crate::transport::Transport;
use crate::verify::TokenVerifier;

/// The state that all clones of [`ScopedClients`](super::ScopedClients) share.
pub(super) struct Project {
    pub(super) config: Config,
    pub(super) issuer: String,
    pub(super) transport: Arc<Transport>,
    #[cfg(feature = "postgrest")]
    pub(super) native: PostgrestBridge,
    pub(super) verifier: TokenVerifier,
    pub(super) mint: Arc<MintContext>,
    pub(super) open_users: OpenUsers,
    /// What modules to the right keep with the project.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(dead_code, reason = "for modules that are features")
    )]
    pub(super) store: TypedStore,
    /// Drives blocking calls; the first of them creates it.
    #[cfg(feature = "blocking")]
    executor: Mutex<Option<Arc<Executor>>>,
    /// Sessions, keyed by all that their tokens and audit records contain. `None` if sessions are not shared.
    sessions: Option<Cache<SessionKey, Shared, Weight>>,
}

/// The number of the user's close flag, and what the tokens have in common.
type SessionKey = (u64, SessionSpec);

/// Weighs a session by its size, one unit for each started [`SESSION_BYTES`], so that the capacity of the
/// cache also bounds its memory.
#[derive(Clone)]
struct Weight;

/// More bytes than the claims, actor and reason of a usual session have.
const SESSION_BYTES: usize = 8192;

impl Weighter<SessionKey, Shared> for Weight {
    fn weight(&self, (_, spec): &SessionKey, _: &Shared) -> u64 {
        let weight = spec.bytes().div_ceil(SESSION_BYTES).max(1);
        u64::try_from(weight).unwrap_or(u64::MAX)
    }
}

/// Holding the user's life keeps its number, so that the next client finds the session.
#[derive(Clone)]
struct Shared {
    session: Arc<MintedSession>,
    _user_flag: Arc<CloseFlag>,
}

/// The checked options from which a client is made.
pub(super) struct ClientSpec {
    pub(super) user_id: UserId,
    pub(super) role: Role,
    pub(super) claims: ClaimSet,
    pub(super) is_anonymous: bool,
    pub(super) aal: Aal,
    pub(super) actor: Option<Actor>,
    pub(super) reason: Option<Arc<str>>,
    pub(super) lifetime: Lifetime,
    /// The client that this one is narrowed from.
    pub(super) parent: Option<Arc<CloseFlag>>,
    pub(super) is_read_only: bool,
    pub(super) first_mint: FirstMint,
}

/// What is minted when a client is made, so that mistakes are reported before any query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstMint {
    /// A token, with a local key.
    Token,
    /// Claims without a signature.
    #[cfg(feature = "postgres")]
    Claims,
}

impl Project {
    pub(super) fn new(config: Config) -> Result<Self, ConfigurationError> {
        let settings = &config.settings;
        let mint = MintContext {
            keys: Keys::new(config.key.clone()),
            clock: Arc::clone(&settings.clock),
            audit: settings.audit.clone(),
            policy: settings.policy.clone(),
            jwt_ids: JwtIdPool::prefilled(),
            backdate: settings.backdate,
            max_token_bytes: settings.max_token_bytes,
            signer_timeout: settings.signer_timeout,
        };
        let shared = settings.shared_sessions;
        let transport = Arc::new(Transport::new(&config)?);
        Ok(Self {
            issuer: config.issuer(),
            verifier: TokenVerifier::new((&config).into(), &transport)?,
            transport,
            #[cfg(feature = "postgrest")]
            native: PostgrestBridge::new(&config.url)?,
            mint: Arc::new(mint),
            open_users: OpenUsers::default(),
            store: TypedStore::default(),
            #[cfg(feature = "blocking")]
            executor: Mutex::default(),
            sessions: (shared > 0).then(|| {
                let capacity = u64::try_from(shared).unwrap_or(u64::MAX);
                Cache::with_weighter(shared, capacity, Weight)
            }),
            config,
        })
    }

    #[cfg(feature = "blocking")]
    pub(super) fn executor(&self) -> Result<Arc<Executor>, ConfigurationError> {
        let mut executor = self.executor.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(executor) = &*executor {
            return Ok(Arc::clone(executor));
        }
        let made = Arc::new(Executor::new()?);
        Ok(Arc::clone(executor.insert(made)))
    }

    pub(super) fn policy(&self) -> &MintPolicy {
        &self.config.settings.policy
    }

    /// Checks the options against the mint policy and creates the core of a client.
    pub(super) fn core(self: &Arc<Self>, spec: ClientSpec) -> Result<UserCore, Error> {
        let ClientSpec {
            user_id,
            role,
            claims,
            is_anonymous,
            aal,
            actor,
            reason,
            lifetime,
            parent,
            is_read_only,
            first_mint,
        } = spec;
        let expires_in = lifetime.expires_in;
        let policy = self.policy();
        let problems = policy.check(&user_id, &role, expires_in, aal, actor.as_ref());
        if !problems.is_empty() {
            metrics::client_refused();
            return Err(ConfigurationError::new(problems).into());
        }
        let template = PayloadTemplate::new(
            &self.issuer,
            &user_id,
            &role,
            is_anonymous,
            aal,
            actor.as_ref(),
            &claims,
        )?;
        let template = Arc::new(template);
        let spec = SessionSpec {
            template: Arc::clone(&template),
            lifetime,
            identity: Identity {
                user_id,
                role,
                is_anonymous,
                aal,
                actor,
                claims: IdentityClaims::Encoded(template),
            },
            reason,
        };
        let parent = match parent {
            Some(parent) => parent,
            None => self.open_users.flag_of(&spec.identity.user_id),
        };
        let session = self.session(spec, &parent);
        // What has to be awaited is minted by the first request.
        if !self.mint.audit.is_async() {
            match first_mint {
                FirstMint::Token if matches!(self.mint.keys.borrow().key, Key::Local(_)) => {
                    session.token()?;
                }
                FirstMint::Token => {}
                #[cfg(feature = "postgres")]
                FirstMint::Claims => {
                    session.claims_now()?;
                }
            }
        }
        Ok(UserCore::new(session, parent.derive(), self, is_read_only))
    }

    /// The session of this spec. A session without renewal is never shared, since it would expire too
    /// early for a client that is made later.
    fn session(&self, spec: SessionSpec, close_flag: &Arc<CloseFlag>) -> Arc<MintedSession> {
        let new = |spec| Arc::new(MintedSession::new(Arc::clone(&self.mint), spec));
        let cache = self.sessions.as_ref();
        let Some(cache) = cache.filter(|_| spec.lifetime.auto_refresh) else {
            metrics::client_made(false);
            return new(spec);
        };
        let key = (close_flag.user_number, spec);
        let mut is_shared = true;
        let shared = cache.get_or_insert_with(&key, || {
            is_shared = false;
            Ok::<_, Infallible>(Shared {
                session: new(key.1.clone()),
                _user_flag: close_flag.user_flag(),
            })
        });
        metrics::client_made(is_shared);
        match shared {
            Ok(shared) => shared.session,
        }
    }
}
