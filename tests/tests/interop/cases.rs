//! Tokens of every algorithm with the claims that they were made from.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scoped_runtime::{
    AccessToken, Claim, Config, Error, Role, ScopedClaims, ScopedClient, ScopedClientBuilder,
    ScopedClients, SigningKey, UserId,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::keys::{self, Signing};
use crate::random::{Random, every_edge};

/// The number of tokens for each algorithm.
const CASES: usize = 42;

const ISSUER: &str = "https://project.test/auth/v1";

/// A struct for claims that are known only at run time.
#[derive(Serialize)]
#[serde(transparent)]
struct Raw(Map<String, Value>);

impl ScopedClaims for Raw {
    const CLAIMS: &'static [Claim] = &[];
}

pub(crate) struct Case {
    /// The algorithm, the key, the number and the seed.
    pub(crate) name: String,
    pub(crate) token: String,
    /// The key that verifies the token.
    pub(crate) jwk: Value,
    pub(crate) header: Value,
    /// All claims but the JWT ID.
    pub(crate) claims: Map<String, Value>,
}

/// A project that signs with this key. No request is sent to it.
pub(crate) fn project(key: SigningKey) -> ScopedClients {
    let config = Config::builder()
        .environment(|_| None)
        .url("https://project.test")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .signing_key(key)
        .max_token_bytes(usize::MAX)
        .build();
    ScopedClients::new(config.unwrap()).unwrap()
}

/// Makes [`CASES`] tokens of every algorithm: each key signs the edge cases once, then random claims.
pub(crate) fn cases(seed: u64) -> Vec<Case> {
    let random = Random::new(seed);
    let mut cases = Vec::new();
    for (algorithm, keys) in keys::all(&random) {
        let projects: Vec<_> = keys.iter().map(|one| project(one.key.clone())).collect();
        for place in 0..CASES {
            let at = place % keys.len();
            let name = format!(
                "{algorithm}, {}, case {place}, INTEROP_SEED={seed}",
                keys[at].name
            );
            let custom = if place < keys.len() {
                every_edge()
            } else {
                random.claims()
            };
            cases.push(case(&random, &projects[at], &keys[at], name, custom));
        }
    }
    cases
}

fn case(
    random: &Random,
    clients: &ScopedClients,
    signing: &Signing,
    name: String,
    mut custom: Map<String, Value>,
) -> Case {
    // The runtime refuses a claim that is null.
    custom.retain(|_, value| !value.is_null());
    let user = UserId::external(random.name()).expect(&name);
    let role = Role::new(random.name()).expect(&name);
    let actor = (random.below(2) == 0).then(|| random.name());
    let mut builder = clients.user(user.clone()).role(role.clone());
    if let Some(actor) = &actor {
        builder = builder.actor(actor);
    }
    let narrows = random.below(3) == 0;
    let token = if random.below(2) == 0 {
        token(builder.claims(Raw(custom.clone())).client(), narrows)
    } else {
        let add = |builder: ScopedClientBuilder, (name, value)| builder.claim(name, value);
        token(custom.iter().fold(builder, add).client(), narrows)
    };
    let token = token.expect(&name);

    let mut claims = custom;
    for (name, value) in [
        ("sub", json!(user.as_str())),
        ("role", json!(role.as_str())),
        ("aud", json!("authenticated")),
        ("iss", json!(ISSUER)),
        ("aal", json!("aal1")),
        ("is_anonymous", json!(false)),
        ("iat", json!(seconds(token.issued_at()))),
        ("exp", json!(seconds(token.expires_at()))),
    ] {
        claims.insert(name.to_owned(), value);
    }
    if let Some(actor) = actor {
        claims.insert("act".to_owned(), json!({ "sub": actor }));
    }
    let mut own = token.claims();
    own.remove("jti");
    assert_eq!(own, claims, "the claims that the runtime reads: {name}");
    Case {
        name,
        token: token.expose_secret().to_owned(),
        jwk: signing.jwk.clone(),
        header: signing.header.clone(),
        claims,
    }
}

/// Returns the token of the client or of a narrowed client, which has the same claims.
fn token<C: ScopedClaims>(
    client: Result<ScopedClient<C>, Error>,
    narrows: bool,
) -> Result<AccessToken, Error> {
    let mut client = client?;
    if narrows {
        let life = Duration::from_mins(30);
        client = client.narrow().expires_in(life).client()?;
    }
    client.token()
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap().as_secs()
}
