//! Signed URLs, for reading and for uploading.

use std::time::Duration;

use scoped_runtime::storage::Transform;
use scoped_runtime::{ClientError, Error, MintPolicy, ScopedClients};

use crate::support::{Stand, client, config, own, refused, shared, user};

const MINUTE: Duration = Duration::from_mins(1);
/// Every character that Storage allows in keys.
const EVERY: &str = "azAZ09_!.*'() &$=@;:+,?-";

/// The server refuses a URL whose token it made for a path that was encoded otherwise than it reads it.
#[tokio::test]
async fn every_character_of_a_key_can_be_uploaded_listed_signed_and_read() {
    let client = client().await;
    let folder = client.user_id().to_string();
    for bucket in ["shared", "a+b =$&@:;,'(c)!*"] {
        let bucket = client.storage().bucket(bucket);
        let letters = EVERY.chars().map(|letter| format!("x{letter}y"));
        for name in letters.chain([format!("{EVERY}/{EVERY}")]) {
            let key = format!("{folder}/{name}");
            bucket.upload(&key, name.clone()).await.unwrap();
            assert_eq!(bucket.download(&key).await.unwrap(), name);
            assert_eq!(
                bucket.info(&key).await.unwrap().name.as_deref(),
                Some(&*key)
            );
            let url = bucket.signed_url(&key, MINUTE).await.unwrap();
            let opened = client.storage().download_signed(url.expose_secret());
            assert_eq!(opened.await.unwrap(), name);
            let many = bucket.signed_urls([&key], MINUTE).await.unwrap();
            let url = many[0].as_ref().unwrap();
            let opened = client.storage().download_signed(url.expose_secret());
            assert_eq!(opened.await.unwrap(), name);
            if !name.contains('?') {
                let transform = Transform::new().width(10);
                let url = bucket
                    .signed_url(&key, MINUTE)
                    .transform(transform)
                    .await
                    .unwrap();
                let opened = client.storage().download_signed(url.expose_secret());
                assert_eq!(opened.await.unwrap(), name);
            }
            let upload = bucket.signed_upload_url(&key, true).await.unwrap();
            let uploaded = client
                .storage()
                .upload_signed(upload.expose_secret(), "new");
            uploaded.await.unwrap();
            assert_eq!(bucket.download(&key).await.unwrap(), "new");
        }
        let keys = bucket
            .list_v2(format!("{folder}/"))
            .page()
            .await
            .unwrap()
            .objects;
        assert_eq!(keys.len(), EVERY.len() + 1);
    }
}

#[tokio::test]
async fn a_signed_url_opens_one_object_for_every_caller_until_it_expires() {
    let stand = Stand::start().await;
    let alice = stand.clients.get(user()).unwrap();
    let bob = stand.clients.get(user()).unwrap();
    let folder = alice.user_id().to_string();
    let bucket = alice.storage().bucket("own");
    let key = format!("{folder}/a.txt");
    bucket.upload(&key, "alice's").await.unwrap();
    let url = bucket
        .signed_url(&key, MINUTE)
        .download_as("b & c.txt")
        .await
        .unwrap();
    assert!(
        url.expose_secret().ends_with("&download=b%20%26%20c.txt"),
        "the name is encoded"
    );
    assert!(!format!("{url:?}").contains("token"));
    let open = || bob.storage().download_signed(url.expose_secret());
    assert_eq!(open().await.unwrap(), "alice's");
    assert_eq!(open().range(..3).await.unwrap(), "ali");
    // Another object by the same token, and the token of another scope.
    let other = url.expose_secret().replace("a.txt", "b.txt");
    assert_eq!(
        refused(bob.storage().download_signed(other).await).code(),
        Some("InvalidSignature")
    );
    stand.pass(61).await;
    let error = refused(open().await);
    assert_eq!((error.code(), error.status()), (Some("InvalidJWT"), 400));
    assert!(
        !error.is_expired_token(),
        "the URL has expired, not the token"
    );
    // A user who may not read it cannot sign it.
    let bobs = bob.storage().bucket("own");
    assert!(refused(bobs.signed_url(&key, MINUTE).await).is_not_found());
    assert_eq!(bobs.signed_urls([&key], MINUTE).await.unwrap().len(), 1);
    assert!(bobs.signed_urls([&key], MINUTE).await.unwrap()[0].is_none());
    assert!(refused(bobs.signed_upload_url(&key, false).await).is_denied());
}

#[tokio::test]
async fn signed_urls_come_in_the_order_of_their_keys() {
    let (bucket, folder) = own().await;
    let key = |name: &str| format!("{folder}/{name}");
    bucket.upload(key("a"), "1").await.unwrap();
    bucket.upload(key("b"), "2").await.unwrap();
    let urls = bucket
        .signed_urls([key("b"), key("missing"), key("a")], MINUTE)
        .await
        .unwrap();
    let open = async |at: usize| {
        let url = urls[at].as_ref().unwrap();
        bucket
            .storage()
            .download_signed(url.expose_secret())
            .await
            .unwrap()
    };
    assert_eq!((open(0).await, open(2).await), ("2".into(), "1".into()));
    assert!(urls[1].is_none());
}

#[tokio::test]
async fn an_upload_url_replaces_only_if_it_was_made_so() {
    let (bucket, folder) = own().await;
    let storage = bucket.storage();
    let key = format!("{folder}/a.txt");
    let once = bucket.signed_upload_url(&key, false).await.unwrap();
    let uploaded = storage
        .upload_signed(once.expose_secret(), "one")
        .await
        .unwrap();
    assert_eq!((uploaded.path, uploaded.id), (format!("own/{key}"), None));
    let again = storage.upload_signed(once.expose_secret(), "two").upsert();
    assert!(refused(again.await).already_exists());
    assert!(refused(bucket.signed_upload_url(&key, false).await).already_exists());
    let often = bucket.signed_upload_url(&key, true).await.unwrap();
    for text in ["three", "four"] {
        storage
            .upload_signed(often.expose_secret(), text)
            .await
            .unwrap();
        assert_eq!(bucket.download(&key).await.unwrap(), text);
    }
}

/// The request carries the user's token, so it goes to no other host and no other path.
#[tokio::test]
async fn only_urls_of_this_project_are_opened() {
    let (bucket, folder) = own().await;
    let storage = bucket.storage();
    let key = format!("{folder}/a");
    bucket.upload(&key, "x").await.unwrap();
    let url = bucket.signed_url(&key, MINUTE).await.unwrap();
    let url = url.expose_secret();
    for bad in [
        url.replace("http://", "http://evil.test/"),
        url.replace("127.0.0.1", "127.0.0.2"),
        url.replace("/object/sign/own/", "/object/sign/own/../../bucket/"),
        url.replace("/object/sign/", "/object/authenticated/"),
        url.replace("/storage/v1/", "/rest/v1/"),
        url.replace("http://127", "http://x@127"),
        url.replace("/object/sign/own/", "/object/sign/own/%2e%2e/%2E./"),
        url.replace("/object/sign/own/", "/object/sign/own%2f..%2f/"),
        String::new(),
    ] {
        let error = storage.download_signed(&bad).await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::InvalidQuery { .. })),
            "{bad}: {error}"
        );
        let error = storage.upload_signed(&bad, "x").await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::InvalidQuery { .. })),
            "{bad}: {error}"
        );
    }
}

#[tokio::test]
async fn the_life_of_a_signed_url_is_limited_by_the_mint_policy() {
    let policy = |time| MintPolicy::new().max_lifetime(time);
    let with = async |time| {
        let config = config(&shared().await.url()).mint_policy(policy(time));
        ScopedClients::new(config.build().unwrap()).unwrap()
    };
    let clients = with(Duration::from_mins(15)).await;
    let alice = clients
        .user(user())
        .expires_in(Duration::from_mins(10))
        .client()
        .unwrap();
    let bucket = alice.storage().bucket("own");
    let key = format!("{}/a", alice.user_id());
    bucket.upload(&key, "x").await.unwrap();
    bucket
        .signed_url(&key, Duration::from_mins(15))
        .await
        .unwrap();
    let long = Duration::from_mins(16);
    for error in [
        bucket.signed_url(&key, long).await.unwrap_err(),
        bucket.signed_urls([&key], long).await.unwrap_err(),
        bucket
            .signed_url(&key, long)
            .transform(Transform::new())
            .await
            .unwrap_err(),
        bucket
            .signed_url(&key, Duration::from_millis(999))
            .await
            .unwrap_err(),
    ] {
        let Error::Configuration(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.field(), "expires_in");
    }
    // The server chooses two hours for an upload.
    let error = bucket
        .signed_upload_url(format!("{key}2"), false)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("mint policy"), "{error}");
    let clients = with(Duration::from_hours(2)).await;
    let alice = clients.user(user()).client().unwrap();
    let bucket = alice.storage().bucket("own");
    bucket
        .signed_upload_url(format!("{}/a", alice.user_id()), false)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_public_url_is_made_without_a_request() {
    let (bucket, _) = own().await;
    let storage = bucket.storage();
    let url = storage
        .bucket("public")
        .public_url("a b/c#")
        .build()
        .unwrap_err();
    assert!(matches!(url, ClientError::InvalidName { kind: "key", .. }));
    let public = storage.bucket("public").public_url("a b/c?d.txt");
    let url = public.download_as("x.txt").build().unwrap();
    let base = shared().await.url();
    assert_eq!(
        url,
        format!("{base}/storage/v1/object/public/public/a%20b/c%3Fd.txt?download=x.txt")
    );
    let image = storage
        .bucket("public")
        .public_url("a.png")
        .transform(Transform::new().width(9));
    let url = image.build().unwrap();
    assert_eq!(
        url,
        format!("{base}/storage/v1/render/image/public/public/a.png?width=9")
    );
}
