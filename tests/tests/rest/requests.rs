//! Requests to other paths of the project.

use serde_json::json;

use crate::support::{pair, parameters, project};

#[tokio::test]
async fn a_request_path_may_end_with_a_slash_but_has_no_query() {
    let (server, client) = project().await;
    let error = client
        .request("GET", "functions/v1/hello?name=x")
        .execute()
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("use `.query(name, value)`"),
        "{error}"
    );
    assert!(server.requests().is_empty());
    client.request("GET", "rest/v1/").execute().await.unwrap();
    assert_eq!(server.only_request().path(), "/rest/v1/");
}

#[tokio::test]
async fn http_methods_that_a_user_cannot_send_are_refused() {
    let (server, client) = project().await;
    for method in ["CONNECT", "TRACE", "trace", "PURGE", "", "G T"] {
        let error = client
            .request(method, "functions/v1/f")
            .execute()
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("cannot be sent as a user"),
            "{error}"
        );
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn requests_to_auth_are_limited_to_reads_without_an_effect() {
    let (server, client) = project().await;
    for path in [
        "auth/v1/reauthenticate",
        "auth/v1/user/identities/authorize",
        "auth/v1/authorize",
        "auth/v1/callback",
        "auth/v1/verify",
        "auth/v1/logout",
        "auth/v1/admin/users",
        "auth/v1/sso",
        "auth/v1/user/",
        "auth/v1//reauthenticate",
        "AUTH/v1/user",
        "auth",
    ] {
        for method in ["GET", "HEAD"] {
            client
                .request(method, path)
                .execute()
                .await
                .expect_err(path);
        }
    }
    for path in ["auth/v1/user", "auth/v1/settings"] {
        client
            .request("POST", path)
            .execute()
            .await
            .expect_err(path);
        client
            .request("DELETE", path)
            .execute()
            .await
            .expect_err(path);
    }
    assert!(server.requests().is_empty());
    for path in [
        "auth/v1/user",
        "/auth/v1/settings",
        "auth/v1/health",
        "auth/v1/.well-known/jwks.json",
    ] {
        client.request("GET", path).execute().await.unwrap();
    }
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn headers_that_frame_a_message_or_name_a_host_are_refused() {
    let (server, client) = project().await;
    for name in [
        "content-length",
        "Transfer-Encoding",
        "connection",
        "te",
        "trailer",
        "upgrade",
        "host",
        "keep-alive",
        "expect",
        "proxy-connection",
        "proxy-authorization",
        "http2-settings",
        "content-encoding",
        "x-forwarded-host",
        "x-http-method-override",
        ":authority",
    ] {
        let request = client
            .request("POST", "functions/v1/f")
            .body("x")
            .header(name, "60");
        request.execute().await.expect_err(name);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_request_to_a_table_is_refused_as_a_query_would_be() {
    let (server, client) = project().await;
    let delete = || client.request("DELETE", "rest/v1/notes");
    delete().execute().await.unwrap_err();
    // A gateway may ignore case in a path.
    let written_otherwise = client.request("DELETE", "REST/V1/notes");
    written_otherwise.execute().await.unwrap_err();
    delete().query("limit", "eq.1").execute().await.unwrap_err();
    delete()
        .query("id", "eq.1")
        .query("offset", "1")
        .execute()
        .await
        .unwrap_err();
    delete().query("a.id", "eq.1").execute().await.unwrap_err();
    let ranged = delete().query("id", "eq.1").header("range", "0-0");
    ranged.execute().await.unwrap_err();
    let insert = client.request("POST", "rest/v1/notes").query("id", "eq.1");
    insert.json(json!({})).execute().await.unwrap_err();
    assert!(server.requests().is_empty());

    delete()
        .query("id", "eq.1")
        .query("limit", "2")
        .execute()
        .await
        .unwrap();
    let request = server.only_request();
    assert_eq!(
        parameters(&request),
        [pair("id", "eq.1"), pair("limit", "2")]
    );
    assert_eq!(
        request.header("prefer"),
        Some("handling=strict,max-affected=2")
    );
}

#[tokio::test]
async fn a_request_and_a_query_can_be_sent_again() {
    let (server, client) = project().await;
    let request = client
        .request("POST", "functions/v1/f")
        .json(json!({"a": 1}));
    request.clone().execute().await.unwrap();
    request.execute().await.unwrap();
    let query = client.from("t").eq("a", 1);
    query.clone().execute().await.unwrap();
    query.execute().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].body(), requests[1].body());
    assert_eq!(requests[2].query(), requests[3].query());
    assert_eq!(requests[2].path(), requests[3].path());
}
