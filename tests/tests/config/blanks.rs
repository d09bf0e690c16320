//! Blank variables count as unset, and URLs that do not lead to a project are refused.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use scoped_runtime::testing::Answer;
use scoped_runtime::{Config, ConfigBuilder};

use crate::support::{KEY, SECRET};

const URL: &str = "https://project.test";

fn reading(variables: &[(&'static str, &str)]) -> ConfigBuilder {
    let own = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
    let variables: HashMap<&str, String> = variables.iter().map(own).collect();
    Config::builder().environment(move |name| variables.get(name).cloned())
}

fn file(name: &str, text: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("blanks");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn a_blank_variable_is_unset() {
    let all = [
        ("SUPABASE_URL", URL),
        ("SUPABASE_KEY", ""),
        ("SUPABASE_PUBLISHABLE_KEY", " \n"),
        ("SUPABASE_ANON_KEY", KEY),
        ("SUPABASE_SIGNING_KEY", " "),
        ("SUPABASE_JWT_SECRET", SECRET),
    ];
    reading(&all).build().unwrap();
    // The file supplies the values that are blank in the environment.
    let dotenv = format!("SUPABASE_KEY={KEY}\nSUPABASE_JWT_SECRET={SECRET}\nSUPABASE_URL={URL}\n");
    let blanks = ["SUPABASE_URL", "SUPABASE_KEY", "SUPABASE_JWT_SECRET"].map(|name| (name, " "));
    let path = file("full.env", dotenv.as_bytes());
    reading(&blanks).dotenv(path).build().unwrap();
    let half = file(
        "half.env",
        format!("SUPABASE_KEY=\nSUPABASE_ANON_KEY={KEY}\n").as_bytes(),
    );
    let rest = [("SUPABASE_URL", URL), ("SUPABASE_JWT_SECRET", SECRET)];
    reading(&rest).dotenv(half).build().unwrap();
    let error = reading(&blanks).build().unwrap_err();
    assert_eq!(error.problems().len(), 3, "{error}");
}

#[test]
fn a_dotenv_file_may_have_a_byte_order_mark_and_at_most_a_megabyte() {
    let text = format!(
        "\u{feff}SUPABASE_URL={URL}\r\nSUPABASE_KEY={KEY}\r\nSUPABASE_JWT_SECRET={SECRET}\r\n"
    );
    let path = file("bom.env", text.as_bytes());
    let config = reading(&[]).dotenv(path).build().unwrap();
    assert_eq!(config.url(), URL);
    let large = file("large.env", &vec![b'#'; (1 << 20) + 1]);
    let error = reading(&[]).dotenv(large).build().unwrap_err();
    assert!(
        error.to_string().contains("more than a megabyte"),
        "{error}"
    );
}

#[tokio::test]
async fn a_verifier_sends_the_first_api_key_that_is_not_blank() {
    let server = crate::support::server(Answer::new(503)).await;
    let uri = server.url();
    let variables = [
        ("SUPABASE_URL", uri.as_str()),
        ("SUPABASE_KEY", ""),
        ("SUPABASE_ANON_KEY", KEY),
    ];
    let verifier = reading(&variables).verifier().unwrap();
    let token = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.e30.AAAA";
    let outcome = verifier.verify::<scoped_runtime::NoClaims>(token).await;
    outcome.unwrap_err();
    let request = server.only_request();
    assert_eq!(request.header("apikey"), Some(KEY));
}

#[test]
fn the_url_of_a_dashboard_management_api_or_database_is_refused() {
    for (url, reason) in [
        (
            "https://supabase.com/dashboard/project/abcdefghijkl",
            "dashboard",
        ),
        ("https://app.supabase.com/project/abcdefghijkl", "dashboard"),
        ("https://SUPABASE.com", "dashboard"),
        ("https://www.supabase.com./", "dashboard"),
        ("https://api.supabase.com/v1/projects/abc", "management API"),
        ("https://db.abcdefghijkl.supabase.co:5432", "database"),
        (
            "https://aws-0-eu-central-1.pooler.supabase.com:6543",
            "database",
        ),
    ] {
        let error = reading(&[])
            .url(url)
            .api_key(KEY)
            .jwt_secret(SECRET)
            .build()
            .unwrap_err();
        assert_eq!(error.field(), "url", "{url}");
        assert!(error.reason().contains(reason), "{url}: {error}");
    }
    for url in [
        "https://abcdefghijkl.supabase.co",
        "https://db.example.com",
        "https://supabase.example.com/prefix",
        "http://localhost:54321",
    ] {
        reading(&[])
            .url(url)
            .api_key(KEY)
            .jwt_secret(SECRET)
            .build()
            .expect(url);
    }
}

#[tokio::test]
async fn the_error_of_a_request_names_the_variable_of_a_wrong_secret() {
    use serde_json::json;

    for (status, body, is_about_the_key) in [
        (
            401,
            json!({ "code": "PGRST301", "message": "No suitable key or wrong key type" }),
            true,
        ),
        (
            401,
            json!({ "code": "PGRST301", "message": "JWSError JWSInvalidSignature" }),
            true,
        ),
        (
            403,
            json!({ "code": 403, "error_code": "bad_jwt", "msg": "invalid JWT: signature is invalid" }),
            true,
        ),
        (
            400,
            json!({ "statusCode": "403", "error": "Unauthorized", "message": "signature verification failed" }),
            true,
        ),
        (
            401,
            json!({ "code": "PGRST303", "message": "JWT expired" }),
            false,
        ),
        (401, json!({ "message": "Invalid API key" }), false),
        (
            403,
            json!({ "code": "42501", "message": "permission denied for table notes" }),
            false,
        ),
    ] {
        let server = crate::support::server(Answer::new(status).json(&body)).await;
        let config = crate::support::config(&server.url()).build().unwrap();
        let clients = scoped_runtime::ScopedClients::new(config).unwrap();
        let client = clients.get(crate::support::ALICE).unwrap();
        let error = client
            .from("notes")
            .execute()
            .await
            .unwrap_err()
            .to_string();
        assert_eq!(
            error.contains("SUPABASE_JWT_SECRET"),
            is_about_the_key,
            "{body}: {error}"
        );
    }
}

#[tokio::test]
async fn a_web_page_instead_of_rows_is_an_error_that_names_the_url_variable() {
    let page = Answer::new(200)
        .header("content-type", "text/html")
        .body("\n<!doctype html>");
    let server = crate::support::server(page).await;
    let config = crate::support::config(&server.url()).build().unwrap();
    let clients = scoped_runtime::ScopedClients::new(config).unwrap();
    let client = clients.get(crate::support::ALICE).unwrap();
    let rows = client.from("notes").fetch::<serde_json::Value>().await;
    let error = rows.unwrap_err().to_string();
    for part in ["web page (HTML)", "`SUPABASE_URL`"] {
        assert!(error.contains(part), "{error}");
    }
}
