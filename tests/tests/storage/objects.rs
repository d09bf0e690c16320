//! Objects after their upload: another user does not reach them, and they are copied, moved and removed.

use std::time::Duration;

use serde_json::json;

use crate::support::{client, own, refused};

/// Storage gives the same answer to what is missing and to what the user may not read.
#[tokio::test]
async fn another_user_reads_writes_and_removes_nothing() {
    let (alice, folder) = own().await;
    let (bob, _) = own().await;
    let key = format!("{folder}/secret.txt");
    alice.upload(&key, "alice's").await.unwrap();
    let missing = refused(bob.download(format!("{folder}/missing")).await);
    let denied = refused(bob.download(&key).await);
    assert_eq!(denied, missing);
    assert!(denied.is_not_found() && !denied.is_denied());
    assert!(refused(bob.info(&key).await).is_not_found());
    assert!(!bob.exists(&key).await.unwrap());
    for error in [
        refused(bob.upload(&key, "bob's").upsert().await),
        refused(bob.upload(format!("{folder}/new"), "bob's").await),
    ] {
        assert!(error.is_denied() && !error.is_not_found(), "{error}");
        assert_eq!((error.status(), error.http_status()), (403, 400));
    }
    assert!(refused(bob.move_to(&key, "x").await).is_not_found());
    assert!(refused(bob.copy(&key, "x").await).is_not_found());
    let removed = bob.remove([&key]).await.unwrap();
    assert_eq!(
        (removed.removed.len(), &removed.not_removed[..]),
        (0, &[key.clone()][..])
    );
    assert_eq!(bob.list(&folder).await.unwrap(), []);
    assert_eq!(bob.list_v2(&folder).page().await.unwrap().objects, []);
    assert_eq!(alice.download(&key).await.unwrap(), "alice's");
}

/// Row Level Security decides only who lists and writes there.
#[tokio::test]
async fn an_object_of_a_public_bucket_is_read_without_a_policy() {
    let (alice, bob) = (client().await, client().await);
    let key = format!("{}/open.txt", alice.user_id());
    let bucket = alice.storage().bucket("public");
    bucket.upload(&key, "alice's").await.unwrap();
    let bobs = bob.storage().bucket("public");
    assert_eq!(bobs.download(&key).await.unwrap(), "alice's");
    assert_eq!(
        bobs.list(alice.user_id().as_str()).await.unwrap(),
        [],
        "not listed"
    );
    assert!(refused(bobs.upload(&key, "bob's").upsert().await).is_denied());
}

#[tokio::test]
async fn remove_says_what_was_removed_and_what_was_not() {
    let (bucket, folder) = own().await;
    let key = |name: &str| format!("{folder}/{name}");
    bucket.upload(key("a"), "1").await.unwrap();
    bucket.upload(key("b"), "2").await.unwrap();
    let keys = [key("a"), key("missing"), key("b"), key("a")];
    let outcome = bucket.remove(keys).await.unwrap();
    assert_eq!(outcome.removed, [key("a"), key("b")]);
    assert_eq!(outcome.not_removed, [key("missing")]);
    assert_eq!(
        bucket
            .remove(Vec::<String>::new())
            .await
            .unwrap()
            .removed
            .len(),
        0
    );
}

#[tokio::test]
async fn copies_and_moves_keep_what_they_should() {
    let client = client().await;
    let folder = client.user_id().to_string();
    let bucket = client.storage().bucket("shared");
    let key = |name: &str| format!("{folder}/{name}");
    let metadata = json!({ "a": 1 });
    bucket
        .upload(key("a.txt"), "text")
        .metadata(&metadata)
        .cache_control(Duration::from_secs(9))
        .await
        .unwrap();
    let copied = bucket.copy(key("a.txt"), key("b.txt")).await.unwrap();
    assert_eq!(copied.path, format!("shared/{}", key("b.txt")));
    let info = bucket.info(key("b.txt")).await.unwrap();
    assert_eq!(info.metadata.as_ref(), metadata.as_object());
    assert_eq!(info.cache_control.as_deref(), Some("max-age=9"));
    let error = refused(bucket.copy(key("a.txt"), key("b.txt")).await);
    assert!(error.already_exists());
    bucket
        .copy(key("a.txt"), key("b.txt"))
        .upsert()
        .content_type("text/csv")
        .metadata(json!({ "b": 2 }))
        .await
        .unwrap();
    let info = bucket.info(key("b.txt")).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("text/csv"));
    assert_eq!(info.metadata.as_ref(), json!({ "b": 2 }).as_object());

    let before = bucket.info(key("a.txt")).await.unwrap();
    bucket.move_to(key("a.txt"), key("c.txt")).await.unwrap();
    assert!(!bucket.exists(key("a.txt")).await.unwrap());
    assert_eq!(bucket.info(key("c.txt")).await.unwrap().id, before.id);
    let error = refused(bucket.move_to(key("c.txt"), key("b.txt")).await);
    assert!(error.already_exists(), "{error}");
    bucket
        .move_to(key("c.txt"), key("d.txt"))
        .to_bucket("other")
        .await
        .unwrap();
    let other = client.storage().bucket("other");
    assert_eq!(other.download(key("d.txt")).await.unwrap(), "text");
    other
        .copy(key("d.txt"), key("e.txt"))
        .to_bucket("shared")
        .await
        .unwrap();
    assert_eq!(bucket.download(key("e.txt")).await.unwrap(), "text");
    let error = refused(
        bucket
            .copy(key("e.txt"), key("f.txt"))
            .to_bucket("missing")
            .await,
    );
    assert!(error.is_denied());
}
