//! Q21: headers that frame a message, name a host or change how a message is read are refused, wherever they are set.

use std::sync::{Arc, Mutex};

use scoped_runtime::{ClientError, Error};
use tokio::io::AsyncWriteExt;

use crate::support::{ALICE, EMPTY, Server, config, project, request};

const FRAMING: [(&str, &str); 13] = [
    ("content-length", "60"),
    ("Transfer-Encoding", "chunked"),
    ("host", "other.test"),
    ("connection", "close"),
    ("te", "trailers"),
    ("trailer", "x"),
    ("upgrade", "h2c"),
    ("expect", "100-continue"),
    ("proxy-authorization", "Basic eDp5"),
    ("x-forwarded-host", "other.test"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("accept-encoding", "gzip"),
    ("content-encoding", "gzip"),
];

#[tokio::test]
async fn headers_that_frame_the_message_or_name_the_host_are_refused() {
    let arrived = Arc::<Mutex<Vec<String>>>::default();
    let server = {
        let arrived = Arc::clone(&arrived);
        Server::start(move |mut stream, _| {
            let arrived = Arc::clone(&arrived);
            async move {
                while let Some(text) = request(&mut stream).await? {
                    arrived.lock().unwrap().push(text);
                    stream.write_all(EMPTY.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    };
    let clients = project(config(&server.http()));
    let alice = clients.get(ALICE).unwrap();
    for (name, value) in FRAMING {
        let request = alice.request("POST", "functions/v1/f").body("x");
        let error = request.header(name, value).execute().await.unwrap_err();
        let is_refused = matches!(error, Error::Client(ClientError::InvalidName { .. }));
        assert!(is_refused, "{name}: {error}");

        let query = alice.from("notes").header(name, value).execute().await;
        assert!(query.is_err(), "{name} of a query");

        let default = config(&server.http()).default_header(name, value).build();
        let error = default.unwrap_err().to_string();
        assert!(error.contains("default_header"), "{error}");
    }
    assert_eq!(arrived.lock().unwrap().len(), 0);

    alice
        .request("POST", "functions/v1/f")
        .body("x")
        .execute()
        .await
        .unwrap();
    let arrived = arrived.lock().unwrap();
    let heads = arrived[0].to_ascii_lowercase();
    assert_eq!(heads.matches("content-length:").count(), 1, "{heads}");
    assert_eq!(heads.matches("host:").count(), 1, "{heads}");
    assert!(!heads.contains("transfer-encoding"), "{heads}");
}
