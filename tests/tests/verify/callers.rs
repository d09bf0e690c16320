//! Clients of a caller: minted, or with the caller's token forwarded.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::testing::{Answer, Recorded, Recorder};
use scoped_runtime::{
    AuditSink, ClientError, Error, MintPolicy, MintRecord, ScopedClient, ScopedClients, TokenError,
    VerifiedToken, VerifierOptions, scoped_claims,
};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::verify::support::{ALICE, Issuer, KID, START, builder, claims, own_key, set, verify};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

#[derive(Debug, Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl AuditSink for Journal {
    fn record(&self, record: &MintRecord<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        self.0.lock().unwrap().push(record.subject.to_string());
        Ok(())
    }
}

struct World {
    server: Recorder,
    issuer: Issuer,
    clients: ScopedClients,
    clock: ManualClock,
    journal: Journal,
}

impl World {
    async fn new() -> Self {
        let server = Recorder::start().await.unwrap();
        let (issuer, clock) = (Issuer::new(KID), ManualClock::at(START));
        let journal = Journal::default();
        let config = builder(&clock)
            .url(server.url())
            .signing_key(own_key())
            .audit(journal.clone())
            .verifier_options(VerifierOptions::new().jwks(set(&[&issuer])));
        let clients = ScopedClients::new(config.build().unwrap()).unwrap();
        Self {
            server,
            issuer,
            clients,
            clock,
            journal,
        }
    }

    fn token(&self, more: &Value) -> String {
        let mut all = claims(&json!({
            "iss": format!("{}/auth/v1", self.server.url()), "tenant_id": "acme" }));
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.issuer.token(&all)
    }

    async fn caller(&self, token: &str) -> VerifiedToken<Tenant> {
        self.clients.verifier().verify(token).await.unwrap()
    }

    fn bearers(&self) -> Vec<String> {
        let requests = self.server.requests();
        let bearer = |request: &Recorded| {
            let header = request.header("authorization").unwrap();
            header.strip_prefix("Bearer ").unwrap().to_owned()
        };
        requests.iter().map(bearer).collect()
    }

    fn mints(&self) -> usize {
        self.journal.0.lock().unwrap().len()
    }
}

#[tokio::test]
async fn a_minted_client_has_only_the_verified_claims() {
    let world = World::new().await;
    let act = json!({ "sub": "agent-7" });
    let token = world.token(
        &json!({ "aal": "aal2", "role": "reporting", "is_anonymous": true,
        "act": act, "unverified": "extra" }),
    );
    let client = world
        .caller(&token)
        .await
        .client(&world.clients)
        .client()
        .unwrap();
    assert_eq!(client.claims().tenant_id, "acme");

    let minted = client.token().unwrap();
    assert_ne!(minted.expose_secret(), token);
    let minted = minted.claims();
    assert_eq!(minted["sub"], ALICE);
    assert_eq!(minted["role"], "reporting");
    assert_eq!(minted["tenant_id"], "acme");
    assert_eq!(
        minted["is_anonymous"], true,
        "an anonymous caller stays anonymous"
    );
    assert_eq!(
        minted["aal"], "aal1",
        "the user did not sign in for a minted token"
    );
    assert_eq!(minted["act"], act);
    assert!(!minted.contains_key("unverified"));
    assert!(!minted.contains_key("session_id"));
    assert_eq!(world.mints(), 1);
    let narrowed = client
        .narrow()
        .expires_in(Duration::from_mins(1))
        .client()
        .unwrap();
    assert_eq!(narrowed.token().unwrap().claims()["is_anonymous"], true);
}

#[tokio::test]
async fn anonymous_and_permanent_callers_share_no_token() {
    let world = World::new().await;
    let anonymous = world.token(&json!({ "is_anonymous": true }));
    let permanent = world.token(&json!({}));
    for (token, expected) in [(&anonymous, true), (&permanent, false), (&anonymous, true)] {
        let client = world
            .caller(token)
            .await
            .client(&world.clients)
            .client()
            .unwrap();
        assert_eq!(client.token().unwrap().claims()["is_anonymous"], expected);
    }
    assert_eq!(world.mints(), 2);
}

#[tokio::test]
async fn a_client_for_a_caller_keeps_is_anonymous() {
    let world = World::new().await;
    for anonymous in [true, false] {
        let token = world.token(&json!({ "is_anonymous": anonymous }));
        let caller = world.caller(&token).await;
        let client = world.clients.user(&caller).claim("a", 1).client().unwrap();
        let minted = client.token().unwrap().claims();
        assert_eq!(minted["is_anonymous"], anonymous);
    }
}

#[tokio::test]
async fn a_minted_client_has_at_most_the_lifetime_of_the_mint_policy() {
    let issuer = Issuer::new(KID);
    let policy = MintPolicy::new().max_lifetime(Duration::from_mins(15));
    let config = builder(&ManualClock::at(START))
        .signing_key(own_key())
        .mint_policy(policy)
        .verifier_options(VerifierOptions::new().jwks(set(&[&issuer])));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let token = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &token).await.unwrap();
    let minted = caller
        .client(&clients)
        .client()
        .unwrap()
        .token()
        .unwrap()
        .claims();
    assert_eq!(minted["exp"], START + 900);
}

#[tokio::test]
async fn with_require_actor_the_caller_is_the_default_actor() {
    let issuer = Issuer::new(KID);
    let config = builder(&ManualClock::at(START))
        .signing_key(own_key())
        .mint_policy(MintPolicy::new().require_actor())
        .verifier_options(VerifierOptions::new().jwks(set(&[&issuer])));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let token = issuer.token(&claims(&json!({})));
    let caller = verify(clients.verifier(), &token).await.unwrap();

    let own = caller.client(&clients).client().unwrap();
    let named = caller.client(&clients).actor("export-job");
    let named = named.client().unwrap();

    let actor = |client: &ScopedClient| client.token().unwrap().claims()["act"]["sub"].clone();
    assert_eq!(actor(&own), caller.user_id().as_str());
    assert_eq!(actor(&named), "export-job");
}

#[tokio::test]
async fn several_requests_of_one_caller_mint_one_token() {
    let world = World::new().await;
    for _ in 0..10 {
        let caller = world.caller(&world.token(&json!({}))).await;
        let client = caller.client(&world.clients).client().unwrap();
        client.from("notes").select("*").execute().await.unwrap();
    }
    assert_eq!(world.mints(), 1);
}

#[tokio::test]
async fn a_forwarded_token_is_sent_unchanged() {
    let world = World::new().await;
    let token = world.token(&json!({ "exp": START + 60 }));
    let client = world
        .caller(&token)
        .await
        .forward_token(&world.clients)
        .unwrap();
    client.from("notes").select("*").execute().await.unwrap();
    assert_eq!(world.bearers(), [&*token]);
    assert_eq!(client.token().unwrap().expose_secret(), token);
    assert_eq!(
        world.mints(),
        0,
        "nothing is minted, so nothing is recorded"
    );
    assert!(!format!("{client:?}").contains(&token));
}

#[tokio::test]
async fn a_forwarded_token_expires_and_is_never_renewed() {
    let world = World::new().await;
    let token = world.token(&json!({ "exp": START + 60 }));
    let client = world
        .caller(&token)
        .await
        .forward_token(&world.clients)
        .unwrap();
    world
        .clients
        .rotate(scoped_runtime::Rotation::from(own_key()).at_once());
    world.clock.pass(Duration::from_secs(59));
    client.from("notes").select("*").execute().await.unwrap();

    world.clock.pass(Duration::from_secs(1));
    let sent = client.from("notes").select("*").execute().await;
    assert!(
        matches!(sent, Err(Error::Token(TokenError::Expired))),
        "{sent:?}"
    );
    assert!(matches!(
        client.token(),
        Err(Error::Token(TokenError::Expired))
    ));
    let narrowed = client.narrow().client().unwrap_err();
    assert!(
        matches!(narrowed, Error::Token(TokenError::Forwarded)),
        "{narrowed}"
    );
    assert_eq!(world.bearers().len(), 1);
    assert_eq!(world.mints(), 0);

    // The verifier has a leeway, but the client has none and fails at once.
    let late = world
        .caller(&token)
        .await
        .forward_token(&world.clients)
        .unwrap();
    assert!(matches!(
        late.token(),
        Err(Error::Token(TokenError::Expired))
    ));
}

#[tokio::test]
async fn a_forwarded_token_that_is_refused_as_expired_is_not_replaced() {
    let world = World::new().await;
    world.server.answer(Answer::expired_token());
    let token = world.token(&json!({}));
    let client = world
        .caller(&token)
        .await
        .forward_token(&world.clients)
        .unwrap();
    let error = client
        .from("notes")
        .select("*")
        .execute()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Api(error) if error.is_expired_token()));
    assert_eq!(world.bearers(), [token]);
}

#[tokio::test]
async fn close_user_closes_minted_and_forwarded_clients() {
    let world = World::new().await;
    let caller = world.caller(&world.token(&json!({}))).await;
    let minted = caller.client(&world.clients).client().unwrap();
    let forwarded = caller.forward_token(&world.clients).unwrap();
    world.clients.close_user(&caller).unwrap();
    for client in [minted, forwarded] {
        let error = client.from("notes").execute().await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Closed)),
            "{error}"
        );
    }
    assert!(world.bearers().is_empty());
}

#[tokio::test]
async fn a_forwarded_token_cannot_write_to_auth() {
    let world = World::new().await;
    let caller = world.caller(&world.token(&json!({}))).await;
    let client = caller.forward_token(&world.clients).unwrap();
    let request = client.request("POST", "auth/v1/logout");
    assert!(matches!(request.execute().await, Err(Error::Client(_))));
    assert!(world.bearers().is_empty());
}
