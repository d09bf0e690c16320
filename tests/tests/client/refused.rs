//! Requests that must not be sent are refused with a reason.

use std::time::Duration;

use scoped_runtime::testing::{Answer, Gate, Recorded};
use scoped_runtime::{ClientError, Error, Query, ScopedClient, ScopedClients};
use serde_json::json;

use crate::support::{ALICE, KEY, bearer, config, project, server};

#[tokio::test]
async fn names_that_would_change_the_path_are_refused_or_encoded() {
    let (server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    let refused = [
        "",
        ".",
        "..",
        "../auth/v1/admin/users",
        "a/b",
        r"a\b",
        "a\nb",
        "a\0",
    ];
    for name in refused {
        for query in [client.from(name), client.rpc(name, ())] {
            let error = query.execute().await.unwrap_err();
            assert!(
                matches!(error, Error::Client(ClientError::InvalidName { .. })),
                "{name:?}: {error}"
            );
        }
    }
    for schema in ["", " ", "a\r\nx: y", "späße"] {
        let error = client.schema(schema).from("t").execute().await.unwrap_err();
        assert!(error.to_string().starts_with("schema `"), "{error}");
    }
    assert!(server.requests().is_empty());

    for (name, path) in [
        ("t?select=secret", "/rest/v1/t%3Fselect%3Dsecret"),
        ("t#x", "/rest/v1/t%23x"),
        ("%2e%2e%2fauth", "/rest/v1/%252e%252e%252fauth"),
        ("my table", "/rest/v1/my%20table"),
        ("größe", "/rest/v1/gr%C3%B6%C3%9Fe"),
    ] {
        client.from(name).select("id").execute().await.unwrap();
        let last = server.requests().pop().unwrap();
        assert_eq!((last.path(), last.query()), (path, "select=id"));
    }
}

#[tokio::test]
async fn an_invalid_header_value_is_an_error_without_a_panic() {
    let (server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    for setting in ["", "a\r\nb: c", "a=1,b=2", "ü"] {
        client
            .from("t")
            .prefer(setting)
            .execute()
            .await
            .unwrap_err();
    }
    let native = postgrest::Postgrest::new(format!("{}/rest/v1", server.url()));
    let native = native.schema("a\r\nb").from("t");
    client.execute(native).await.unwrap_err();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_native_builder_is_sent_only_to_its_project_with_the_clients_token() {
    let (server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    let elsewhere = [
        "http://other.test/rest/v1".to_owned(),
        format!("{}/auth/v1", server.url()),
        format!("{}/rest/v1/../../auth/v1", server.url()),
        format!("{}/rest/v1/..%2f..%2fauth/v1", server.url()),
        "no url".to_owned(),
    ];
    for url in elsewhere {
        let native = postgrest::Postgrest::new(&url).from("users");
        client.execute(native).await.unwrap_err();
    }
    assert!(server.requests().is_empty());

    let native = postgrest::Postgrest::new(format!("{}/rest/v1", server.url()))
        .insert_header("apikey", "sb_secret_of_somebody")
        .insert_header("host", "other.test")
        .from("t")
        .auth("another-users-token")
        .delete()
        .eq("id", "5")
        .limit(1);
    client.execute(native).await.unwrap();
    let request = server.only_request();
    assert_eq!(request.header("apikey"), Some(KEY));
    assert_eq!(bearer(&request), client.token().unwrap().expose_secret());
    assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
    assert_eq!(request.headers().get_all("apikey").iter().count(), 1);
    assert_eq!(request.query(), "id=eq.5&limit=1");
    assert!(server.url().ends_with(request.header("host").unwrap()));
}

#[tokio::test]
async fn a_query_and_its_native_builder_send_the_same_request() {
    let (server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    let queries: [fn(&ScopedClient) -> Query; 5] = [
        |it| {
            it.schema("api2")
                .from("t")
                .select("a b")
                .limit(2)
                .exact_count()
        },
        |it| it.from("t").insert(json!({"a": "ü"})).exact_count(),
        |it| it.from("t").update(json!({})).eq("id", 1),
        |it| it.from("t").delete().eq("id", 1).single(),
        |it| it.rpc("f", ()).order("a"),
    ];
    for query in queries {
        query(&client).execute().await.unwrap();
        let native = query(&client).into_builder().unwrap();
        let its_own = native.clone().build().build().unwrap();
        let token = client.token().unwrap();
        let bearer = format!("Bearer {}", token.expose_secret());
        assert_eq!(its_own.headers()["authorization"], bearer);
        assert_eq!(its_own.headers()["apikey"], KEY);
        let alone = native.clone().execute().await;
        alone.expect_err("it sends nothing by itself");
        client.execute(native).await.unwrap();
        let requests = server.requests();
        let [.., ours, native] = &requests[..] else {
            panic!("two requests");
        };
        let parts = |it: &Recorded| {
            let [method, path, query] = [it.method(), it.path(), it.query()].map(str::to_owned);
            (method, path, query, it.body().to_vec())
        };
        assert_eq!(parts(ours), parts(native));
        for name in [
            "apikey",
            "authorization",
            "prefer",
            "accept",
            "content-type",
            "accept-profile",
        ] {
            assert_eq!(ours.header(name), native.header(name), "{name}");
        }
    }
    let lossy = client
        .from("t")
        .delete()
        .eq("id", 1)
        .limit(1)
        .into_builder();
    assert!(matches!(
        lossy.err(),
        Some(Error::Client(ClientError::NotNative { .. }))
    ));
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let (other, _, _) = project().await;
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/stolen", other.url());
        let answer = Answer::new(status).header("location", &target);
        let first = server(answer).await;
        let clients = ScopedClients::new(config(&first.url()).build().unwrap()).unwrap();
        let client = clients.get(ALICE).unwrap();
        let error = client
            .from("t")
            .insert(json!({}))
            .execute()
            .await
            .unwrap_err();
        let Error::Client(ClientError::Redirect {
            status: said, to, ..
        }) = error
        else {
            panic!("{error}");
        };
        assert_eq!((said, to), (status, other.url()));
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_request_to_a_hanging_server_times_out() {
    let slow = server(Answer::new(200).after(&Gate::new())).await;
    let timeout = Duration::from_millis(50);
    let config = config(&slow.url())
        .request_timeout(timeout)
        .build()
        .unwrap();
    let client = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
    let error = client.from("t").execute().await.unwrap_err();
    assert!(error.is_transient());
    assert!(matches!(
        error,
        Error::Client(ClientError::Timeout { after, .. }) if after == timeout
    ));
}

#[tokio::test]
async fn requests_reach_other_services_but_never_write_to_auth() {
    let (server, clients, _) = project().await;
    let client = clients.get(ALICE).unwrap();
    for (method, path) in [
        ("POST", "auth/v1/logout"),
        ("PUT", "/auth/v1/user"),
        ("delete", "AUTH/v1/factors/1"),
        ("POST", "functions/../auth/v1/logout"),
        ("POST", "//auth/v1/logout"),
        ("POST", "http://other.test/"),
        ("POST", ""),
        ("G T", "functions/v1/f"),
    ] {
        let error = client.request(method, path).execute().await.unwrap_err();
        assert!(
            matches!(error, Error::Client(_)),
            "{method} {path}: {error}"
        );
    }
    for name in ["apikey", "Authorization", "host", "a b"] {
        let request = client.request("GET", "a").header(name, "x");
        request.execute().await.unwrap_err();
    }
    let request = client.request("GET", "a").header("x", "a\r\nb");
    request.execute().await.unwrap_err();
    assert!(server.requests().is_empty());

    let request = client.request("post", "/functions/v1/hello world");
    let request = request.query("a", "b&c").header("x-region", "eu-west-3");
    request.json(json!({"n": 1})).execute().await.unwrap();
    let request = server.only_request();
    assert_eq!(request.path(), "/functions/v1/hello%20world");
    assert_eq!(request.query(), "a=b%26c");
    assert_eq!(request.header("x-region"), Some("eu-west-3"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(bearer(&request), client.token().unwrap().expose_secret());
}
