//! Custom claims reach the policies that read them.

use std::collections::BTreeMap;

use scoped_runtime::{Error, ScopedClaims, ScopedClient, impersonate, scoped_claims};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{api, clients, new_user};

#[scoped_claims(policies = "server/supabase/migrations")]
struct Member {
    tenant_id: String,
    #[claim(rename = "subscription", unread)]
    plan: Option<String>,
    #[claim(unread)]
    app_metadata: Metadata,
}

#[derive(Serialize)]
struct Metadata {
    roles: Vec<&'static str>,
    limits: BTreeMap<String, u64>,
}

/// The local server reads tokens with JavaScript, which rounds larger integers.
const MAX_SAFE: u64 = (1 << 53) - 1;

fn tenant(name: &str) -> Member {
    Member {
        tenant_id: name.to_owned(),
        plan: None,
        app_metadata: Metadata {
            roles: vec!["editor", "rédacteur"],
            limits: BTreeMap::from([("rows".to_owned(), MAX_SAFE)]),
        },
    }
}

#[derive(Debug, Deserialize)]
struct Document {
    tenant_id: String,
}

/// This function cannot be called with a client that lacks the claims.
async fn tenants<C: ScopedClaims>(client: &ScopedClient<C>) -> Vec<String> {
    let documents = client.from("documents").select("tenant_id");
    let documents: Vec<Document> = documents.fetch().await.unwrap();
    let mut tenants: Vec<_> = documents.into_iter().map(|it| it.tenant_id).collect();
    tenants.dedup();
    tenants
}

#[tokio::test]
async fn a_tenant_claim_gives_access_to_that_tenant_only() {
    let clients = clients().await;
    let user = new_user();
    for name in ["acme", "globex"] {
        let client = clients.user(user).claims(tenant(name)).client().unwrap();
        assert_eq!(tenants(&client).await, [name]);
        let client = clients
            .user(user)
            .claim("tenant_id", name)
            .client()
            .unwrap();
        assert_eq!(tenants(&client).await, [name]);
    }
    let stranger = clients
        .user(user)
        .claims(tenant("nobody"))
        .client()
        .unwrap();
    assert!(tenants(&stranger).await.is_empty());
    assert!(tenants(&clients.get(user).unwrap()).await.is_empty());

    let planted = json!({"tenant_id": "acme", "title": "planted"});
    let error = api(stranger.from("documents").insert(planted).execute().await);
    assert!(error.is_rls_denied(), "{error}");
}

#[tokio::test]
async fn the_database_sees_exactly_the_claims_of_the_struct() {
    let clients = clients().await;
    let user = new_user();
    let client = clients.user(user).claims(tenant("acme")).client().unwrap();
    let seen: Value = client.rpc("whoami", ()).fetch_one().await.unwrap();
    let sent = Value::from(client.token().unwrap().claims());
    assert_eq!(seen, sent);
    assert_eq!(seen["sub"], user.to_string());
    assert_eq!(seen["tenant_id"], "acme");
    assert_eq!(seen.get("subscription"), None);
    let metadata = json!({"roles": ["editor", "rédacteur"], "limits": {"rows": MAX_SAFE}});
    assert_eq!(seen["app_metadata"], metadata);
}

struct Job {
    user: Uuid,
    tenant: &'static str,
}

#[impersonate(
    user = job.user,
    claims = tenant(job.tenant),
    role = "authenticated",
    expires_in = "5m",
    via = clients().await,
)]
async fn run(job: &Job, #[scoped] db: ScopedClient<Member>) -> Result<(Vec<String>, Value), Error> {
    let claims = db.token()?.claims();
    Ok((tenants(&db).await, claims.into()))
}

#[tokio::test]
async fn an_impersonated_function_acts_with_the_claims_of_its_job() {
    for tenant in ["acme", "globex"] {
        let job = Job {
            user: new_user(),
            tenant,
        };
        let (seen, claims) = run(&job).await.unwrap();
        assert_eq!(seen, [tenant]);
        assert_eq!(claims["sub"], job.user.to_string());
        let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        assert_eq!(life, 305, "five minutes, and five seconds back");
    }
}
