//! If the URL of a project leads to a web page, the error says so.

use scoped_runtime::testing::Answer;
use scoped_runtime::{ClientError, Error};

use crate::support::answering;

fn page(status: u16) -> Answer {
    Answer::new(status)
        .header("content-type", "text/html; charset=utf-8")
        .body("<!doctype html>private")
}

fn is_page<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let Err(Error::Client(error @ ClientError::WebPage { .. })) = outcome else {
        panic!("{outcome:?}");
    };
    let text = error.to_string();
    for part in ["http://127.0.0.1", "a web page (HTML)", "`SUPABASE_URL`"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("private"));
}

#[tokio::test]
async fn a_web_page_with_200_is_an_error_for_every_way_to_send() {
    let (_server, client) = answering([page(200)]).await;
    is_page(client.from("t").execute().await);
    is_page(client.from("t").fetch::<()>().await);
    is_page(client.from("t").count().await);
    is_page(client.rpc("f", ()).execute().await);
    is_page(client.execute(client.native("t")).await);
    is_page(client.request("GET", "rest/v1/t").execute().await);
    is_page(client.request("GET", "rest/v1/t").stream().await);
}

#[tokio::test]
async fn a_web_page_is_returned_if_accepted_or_from_another_service() {
    let (_server, client) = answering([page(200)]).await;
    let asked = client.rpc("page", ()).header("accept", "text/html");
    assert!(asked.execute().await.unwrap().text().contains("doctype"));
    let function = client.request("GET", "functions/v1/page");
    assert!(function.execute().await.unwrap().text().contains("doctype"));
}

#[tokio::test]
async fn a_web_page_with_404_is_an_error_that_says_what_to_check() {
    for (status, is_hinted) in [(404, true), (502, false)] {
        let (_server, client) = answering([page(status)]).await;
        let Error::Api(error) = client.from("t").execute().await.unwrap_err() else {
            panic!("an error of the server");
        };
        assert_eq!(
            (error.status(), error.message()),
            (status, "a web page (HTML)")
        );
        let hint = error.hint().unwrap_or_default();
        assert_eq!(hint.contains("`SUPABASE_URL`"), is_hinted, "{error}");
    }
}
