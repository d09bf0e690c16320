//! What an error means: the HTTP status lies, so the code of the body decides.

use scoped_runtime::storage::UploadUrl;
use scoped_runtime::testing::{Answer, Recorder};
use scoped_runtime::{Error, ScopedClients, StorageError};
use serde_json::{Value, json};

use crate::support::{Stand, base64_url, impatient, recorder, refused, user};

fn refusal(status: &str, code: &str, message: &str) -> Answer {
    let body =
        json!({ "statusCode": status, "error": "old prose", "message": message, "code": code });
    Answer::new(400).json(&body)
}

async fn read(answer: Answer) -> StorageError {
    let (recorder, client) = recorder().await;
    recorder.answer(answer);
    refused(client.storage().bucket("b").copy("x", "y").await)
}

type Question = fn(&StorageError) -> bool;

const QUESTIONS: [(&str, Question); 8] = [
    ("not found", StorageError::is_not_found),
    ("denied", StorageError::is_denied),
    ("expired", StorageError::is_expired_token),
    ("invalid token", StorageError::is_invalid_token),
    ("exists", StorageError::already_exists),
    ("too large", StorageError::is_too_large),
    ("type", StorageError::is_wrong_type),
    ("transient", StorageError::is_transient),
];

/// Section 1 of the measured facts, row by row: the answer, the one question that is true, and what a service tells.
#[tokio::test]
async fn every_measured_error_is_told_by_its_code() {
    let row =
        |status, code, message: &str, is, public| (refusal(status, code, message), is, public);
    for (answer, is, public) in [
        row("403", "AccessDenied", "\"exp\" claim timestamp check failed", "expired", 401),
        row("403", "AccessDenied", "signature verification failed", "invalid token", 500),
        row("403", "AccessDenied", "Invalid Compact JWS", "invalid token", 500),
        row("403", "AccessDenied", "\"nbf\" claim timestamp check failed", "invalid token", 500),
        row("403", "AccessDenied", "Key for the ES256 algorithm must be one of type CryptoKey", "invalid token", 500),
        row("400", "InvalidRequest", "headers must have required property 'authorization'", "", 500),
        row("403", "AccessDenied", "new row violates row-level security policy", "denied", 403),
        row("403", "AccessDenied", "permission denied to set role \"x\"", "denied", 500),
        row("400", "InvalidParameter", "invalid input syntax for type uuid", "", 500),
        row("404", "NoSuchKey", "Object not found", "not found", 404),
        row("404", "NoSuchBucket", "Bucket not found", "not found", 404),
        row("409", "KeyAlreadyExists", "The resource already exists", "exists", 409),
        row("409", "ResourceAlreadyExists", "The resource already exists", "exists", 409),
        row("409", "BucketAlreadyExists", "The resource already exists", "exists", 409),
        row("409", "ResourceNotEmpty", "The bucket is not empty", "", 500),
        row("413", "EntityTooLarge", "The object exceeded the maximum allowed size", "too large", 413),
        row("415", "InvalidMimeType", "mime type x is not supported", "type", 415),
        row("400", "InvalidKey", "Invalid key: x", "", 400),
        row("400", "InvalidBucketName", "Bucket name invalid", "", 400),
        row("400", "InvalidSignature", "Invalid signature", "", 500),
        row("400", "InvalidJWT", "\"exp\" claim timestamp check failed", "", 500),
        row("423", "LockTimeout", "lock", "transient", 503),
        row("423", "ResourceLocked", "locked", "transient", 503),
        (Answer::new(544).json(&json!({ "code": "DatabaseTimeout", "message": "x" })), "transient", 504),
        (Answer::new(500).json(&json!({ "code": "InternalError", "message": "x" })), "transient", 503),
        (Answer::new(500).json(&json!({ "code": "DatabaseError", "message": "22023" })), "", 500),
        (Answer::new(429).body("slow down"), "transient", 503),
        (Answer::new(503).body("<html>down</html>").header("content-type", "text/html"), "transient", 503),
        // Errors of the framework: a number, and no code.
        (Answer::new(404).json(&json!({ "statusCode": 404, "error": "Not Found", "message": "Route" })), "not found", 404),
        // Resumable uploads: plain text, and the true status.
        (Answer::new(403).body("new row violates row-level security policy"), "denied", 403),
        (Answer::new(413).body("Maximum size exceeded\n"), "too large", 413),
        (Answer::new(409).body("The resource already exists"), "exists", 409),
        // The local server, and old versions without codes.
        (
            Answer::new(401).json(&json!({ "statusCode": "401", "error": "InvalidJWT", "message": "JWT expired" })),
            "expired",
            401,
        ),
        (
            Answer::new(400).json(&json!({ "statusCode": "404", "error": "not_found", "message": "Object not found" })),
            "not found",
            404,
        ),
        // Nothing that could be read.
        (Answer::new(418), "", 500),
        (Answer::new(400).json(&json!(["x"])), "", 500),
    ] {
        let error = read(answer).await;
        let found: Vec<_> = QUESTIONS.iter().filter(|(_, holds)| holds(&error)).map(|(name, _)| *name).collect();
        let wanted: Vec<_> = [is].into_iter().filter(|is| !is.is_empty()).collect();
        assert_eq!(found, wanted, "{error}");
        let told = Error::from(error.clone()).public();
        assert_eq!(told.status(), public, "{error}");
        if is != "expired" {
            assert!(!told.body().contains(error.message()), "{error}");
        }
    }
}

#[tokio::test]
async fn a_message_cannot_forge_a_line_of_a_log() {
    let error = read(refusal("404", "No\nSuch", "gone\r\nERROR \u{202e}")).await;
    assert_eq!(
        error.to_string(),
        "storage answered 404 (No\\nSuch): gone\\r\\nERROR \\u{202e}"
    );
    let error = read(Answer::new(400).body("x".repeat(10_000))).await;
    assert_eq!(error.message().len(), 500);
}

/// The answer is HTTP 400, and the token is replaced as after the 401 of PostgREST.
#[tokio::test]
async fn an_expired_token_is_replaced_once_wherever_storage_says_so() {
    let expired = || {
        refusal(
            "403",
            "AccessDenied",
            "\"exp\" claim timestamp check failed",
        )
    };
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    recorder.answers([expired(), Answer::new(200).json(&json!({ "Key": "b/k" }))]);
    bucket.upload("k", "x").await.unwrap();
    let requests = recorder.take_requests();
    assert_eq!(requests.len(), 2);
    let jti = |at: usize| requests[at].claims().unwrap()["jti"].clone();
    assert_ne!(jti(0), jti(1), "a fresh token");
    assert_eq!(requests[0].body(), requests[1].body());
    // Twice is an error.
    recorder.answer(expired());
    let error = refused(bucket.download("k").await);
    assert!(error.is_expired_token());
    assert_eq!(recorder.take_requests().len(), 2);
    // Other refusals with the same code are final, and so is an expired URL.
    for other in [
        refusal("403", "AccessDenied", "signature verification failed"),
        refusal(
            "403",
            "AccessDenied",
            "new row violates row-level security policy",
        ),
        refusal("400", "InvalidJWT", "\"exp\" claim timestamp check failed"),
    ] {
        recorder.answer(other);
        refused(bucket.download("k").await);
        assert_eq!(recorder.take_requests().len(), 1);
    }
}

/// The answer to HEAD has no body that could say it.
#[tokio::test]
async fn a_bare_400_to_head_is_answered_with_a_fresh_token_once() {
    let (recorder, client) = recorder().await;
    let bucket = client.storage().bucket("b");
    let id = "b/k/1";
    let url = format!("/upload/resumable/{}", base64_url(id));
    let url = UploadUrl::new(url).unwrap();
    let state = Answer::new(200)
        .header("upload-offset", "1")
        .header("upload-length", "1");
    recorder.answers([Answer::new(400), state]);
    bucket.resume(url, "x").await.unwrap();
    let requests = recorder.requests();
    assert_eq!(requests.len(), 2);
    assert_ne!(
        requests[0].claims().unwrap()["jti"],
        requests[1].claims().unwrap()["jti"]
    );
}

/// On the server that has a clock of its own: it is ahead, so it refuses a token that lives by ours.
#[tokio::test]
async fn reads_go_where_a_bad_token_is_told_as_one() {
    let stand = Stand::start().await;
    let alice = stand.clients.get(user()).unwrap();
    let bucket = alice.storage().bucket("own");
    let key = format!("{}/a", alice.user_id());
    bucket.upload(&key, "x").await.unwrap();
    let path = format!("/storage/v1/object/own/{key}");
    stand.server_ahead(3700).await;
    let error = refused(bucket.download(&key).await);
    assert!(
        error.is_expired_token(),
        "a fresh token does not help here: {error}"
    );
    // The plain path, which the official client reads through, calls it a missing bucket.
    let plain = alice
        .request("GET", &path[1..])
        .execute()
        .await
        .unwrap_err();
    assert!(plain.to_string().contains("Bucket not found"), "{plain}");
    stand.server_ahead(0).await;
    assert_eq!(bucket.download(&key).await.unwrap(), "x");
}

/// Transient answers are repeated where that is safe: reads, lists, replacing uploads; and never a plain upload.
#[tokio::test]
async fn transient_answers_are_repeated_where_that_is_safe() {
    let busy = || Answer::new(544).json(&json!({ "statusCode": "544", "code": "DatabaseTimeout" }));
    let recorder = Recorder::start().await.unwrap();
    let (config, _mover) = impatient(recorder.config_builder());
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    let client = clients.get(user()).unwrap();
    let bucket = client.storage().bucket("b");
    let fine = |body: Value| Answer::new(200).json(&body);
    recorder.answers([busy(), fine(json!([]))]);
    bucket.download("k").await.unwrap();
    recorder.answers([busy(), fine(json!([]))]);
    bucket.list("").await.unwrap();
    recorder.answers([busy(), fine(json!({ "Key": "b/k" }))]);
    bucket.upload("k", "x").upsert().await.unwrap();
    assert_eq!(recorder.take_requests().len(), 6);
    recorder.answer(busy());
    for error in [
        refused(bucket.upload("k", "x").await),
        refused(bucket.move_to("k", "l").await),
    ] {
        assert!(error.is_transient() && Error::from(error).is_transient());
    }
    refused(bucket.remove(["k"]).await);
    assert_eq!(recorder.take_requests().len(), 3);
}
