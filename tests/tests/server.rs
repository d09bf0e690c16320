//! The local server: it starts, separates its users, and explains why it cannot start.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use scoped_runtime::testing::LocalSupabase;
use scoped_tests::{decode_all_with_jose, decode_with_jose, mint_with_jose, project, shared};
use serde_json::{Value, json};

const ALICE: &str = "00000000-0000-4000-8000-00000000000a";
const BOB: &str = "00000000-0000-4000-8000-00000000000b";

#[expect(
    clippy::disallowed_methods,
    reason = "the server checks tokens by the real clock"
)]
fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

async fn token(server: &LocalSupabase, sub: &str, tenant: &str) -> String {
    let claims = json!({
        "sub": sub, "role": "authenticated", "aud": "authenticated", "tenant_id": tenant,
        "iat": now() - 5, "exp": now() + 600,
    });
    mint_with_jose(&[claims], server.jwt_secret())
        .await
        .unwrap()
        .remove(0)
}

/// Sends a request with this token and returns the status and the body.
async fn ask(
    server: &LocalSupabase,
    token: &str,
    path: &str,
    insert: Option<Value>,
) -> (u16, Value) {
    let url = format!("{}/rest/v1/{path}", server.url());
    let client = reqwest::Client::new();
    let request = match insert {
        None => client.get(url),
        Some(row) => client
            .post(url)
            .header("content-type", "application/json")
            .header("prefer", "return=representation")
            .body(row.to_string()),
    };
    let request = request
        .header("apikey", server.api_key())
        .bearer_auth(token);
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn users_see_their_own_rows_only() {
    let server = shared().await.unwrap();
    let alice = token(server, ALICE, "acme").await;
    let bob = token(server, BOB, "globex").await;

    let (status, rows) = ask(server, &alice, "notes", Some(json!({ "body": "hello" }))).await;
    assert_eq!((status, &rows[0]["owner"]), (201, &json!(ALICE)));
    let (_, rows) = ask(server, &alice, "notes?select=body,owner", None).await;
    assert_eq!(rows, json!([{ "body": "hello", "owner": ALICE }]));
    assert_eq!(ask(server, &bob, "notes", None).await, (200, json!([])));
    assert_eq!(
        ask(server, &bob, "rpc/my_notes", None).await,
        (200, json!([]))
    );

    let (_, rows) = ask(server, &bob, "documents?select=title&order=title", None).await;
    assert_eq!(rows, json!([{ "title": "Lasers" }, { "title": "Orbits" }]));
    let (_, claims) = ask(server, &bob, "rpc/whoami", None).await;
    assert_eq!(claims["tenant_id"], "globex");

    let rows = server
        .sql("select 1; select owner, count(*) from notes group by owner")
        .await;
    assert_eq!(rows.unwrap(), json!([{ "owner": ALICE, "count": 1 }]));
}

#[tokio::test]
async fn users_can_be_created_in_sql() {
    let server = shared().await.unwrap();
    let id = "00000000-0000-4000-8000-0000000000aa";
    let statement =
        format!("insert into auth.users (id, email) values ('{id}', 'x@example.com') returning id");
    assert_eq!(server.sql(&statement).await.unwrap(), json!([{ "id": id }]));
    let again = server.sql(&statement).await.unwrap_err();
    assert!(again.to_string().contains("23505"), "{again}");
}

#[test]
fn parallel_first_uses_share_one_server() {
    let urls = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .build()
                        .unwrap();
                    runtime.block_on(shared()).unwrap().url()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    assert!(urls.iter().all(|url| url == &urls[0]), "{urls:?}");
}

#[tokio::test]
async fn two_servers_share_nothing_and_dropping_one_stops_it() {
    let shared = shared().await.unwrap();
    let own = project().await.unwrap();
    assert_ne!(
        (own.url(), own.jwt_secret()),
        (shared.url(), shared.jwt_secret())
    );
    let foreign = token(shared, ALICE, "acme").await;
    assert_eq!(ask(&own, &foreign, "notes", None).await.0, 401);

    let (url, folder) = (own.url().to_owned(), own.folder().to_owned());
    drop(own);
    assert!(!listens(&url) && !folder.exists());
    let alice = token(shared, ALICE, "acme").await;
    assert_eq!(ask(shared, &alice, "documents", None).await.0, 200);
}

#[tokio::test]
async fn jose_verifies_tokens_and_names_the_error() {
    let secret = "0123456789abcdef0123456789abcdef";
    let claims = json!({ "sub": ALICE, "exp": 2_000_000_000_u64 });
    let token = mint_with_jose(std::slice::from_ref(&claims), secret)
        .await
        .unwrap()
        .remove(0);
    let good = decode_with_jose(&token, secret).await.unwrap();
    assert_eq!(
        good,
        json!({ "header": { "alg": "HS256", "typ": "JWT" }, "payload": claims })
    );

    let answers = decode_all_with_jose(&[&*token, "x"], secret, Some(2_000_000_001))
        .await
        .unwrap();
    assert_eq!(
        answers,
        [
            json!({ "error": "ERR_JWT_EXPIRED" }),
            json!({ "error": "ERR_JWS_INVALID" })
        ]
    );
    let wrong = decode_with_jose(&token, "another secret").await.unwrap();
    assert_eq!(
        wrong,
        json!({ "error": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" })
    );
}

/// A folder under the target folder that is removed after the test.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_migration_that_fails_is_shown_without_the_keys() {
    let folder = TempFolder::new("bad-migration");
    let file = folder.0.join("20260101000000_bad.sql");
    std::fs::write(&file, "select 1;\n\ncreate tabel notes ();").unwrap();
    let error = LocalSupabase::with(&folder.0).await.unwrap_err();
    assert_eq!(error.step(), "migrate");
    let place = format!("migrate: {}:3: ", file.display());
    let error = error.to_string();
    assert!(
        error.starts_with(&place) && error.contains("tabel"),
        "{error}"
    );
    assert!(
        !error.contains("sb_secret_") && !error.contains("postgres://"),
        "{error}"
    );
}

fn listens(url: &str) -> bool {
    TcpStream::connect(url.trim_start_matches("http://")).is_ok()
}
