//! What all rows share: one project, one user, and one set of claims.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use scoped_runtime::{
    Clock, Config, ConfigBuilder, ScopedClient, ScopedClients, SigningKey, scoped_claims,
};

pub(crate) const URL: &str = "https://abcdefghijklmnopqrst.supabase.co";
pub(crate) const KEY: &str = "sb_publishable_abcdefghijklmnopqrstuv_abcdefgh";
pub(crate) const SECRET: &str = "a-secret-of-at-least-thirty-two-bytes";
pub(crate) const USER: &str = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11";

/// Together with the claims of every token these make a payload of about 440 bytes.
#[scoped_claims]
#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) organisation: String,
    pub(crate) plan: String,
    pub(crate) region: String,
    pub(crate) seats: u32,
    pub(crate) permissions: Vec<String>,
}

impl Tenant {
    pub(crate) fn acme() -> Self {
        Self {
            organisation: "4b6ad3d1-8d0e-4c1b-a6a5-0a8a2f4d1c77".to_owned(),
            plan: "enterprise".to_owned(),
            region: "eu-central-1".to_owned(),
            seats: 250,
            permissions: ["notes:read", "notes:write"].map(str::to_owned).to_vec(),
        }
    }
}

/// A configuration for this URL that reads no environment variable.
pub(crate) fn config(url: &str, key: SigningKey) -> ConfigBuilder {
    Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key(KEY)
        .signing_key(key)
}

pub(crate) fn clients(config: ConfigBuilder) -> ScopedClients {
    ScopedClients::new(config.build().expect("a configuration")).expect("a project")
}

pub(crate) fn client(clients: &ScopedClients) -> ScopedClient<Tenant> {
    clients
        .user(USER)
        .claims(Tenant::acme())
        .client()
        .expect("a client")
}

pub(crate) fn hs256() -> SigningKey {
    SigningKey::hs256(SECRET).expect("a key")
}

/// A clock that moves only when told to, without a lock or a system call.
#[derive(Debug, Clone)]
pub(crate) struct FastClock(Arc<AtomicU64>);

impl FastClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000)))
    }

    /// Moves the clock past the expiry of every token.
    pub(crate) fn expire(&self) {
        self.0.fetch_add(3600, Ordering::AcqRel);
    }
}

impl Clock for FastClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.monotonic()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Acquire))
    }
}
