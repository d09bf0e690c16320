//! Row Level Security on `storage.objects`, on the local server: PostgreSQL decides.

use std::time::Duration;

use futures_util::future::join_all;
use scoped_runtime::storage::Bucket;
use scoped_runtime::{ScopedClient, ScopedClients};

use crate::support::{refused, user};

const MINUTE: Duration = Duration::from_mins(1);

async fn clients() -> ScopedClients {
    let server = scoped_tests::shared().await.unwrap();
    ScopedClients::new(server.config().unwrap()).unwrap()
}

fn own(client: &ScopedClient) -> (Bucket, String) {
    (client.storage().bucket("own"), client.user_id().to_string())
}

/// Must show 2 of the issue: the own folder only, for read, write, list, move and sign.
#[tokio::test]
async fn users_reach_their_own_folder_and_no_other() {
    let clients = clients().await;
    let (alice, hers) = own(&clients.get(user()).unwrap());
    let (bob, _) = own(&clients.get(user()).unwrap());
    let key = format!("{hers}/notes/a.txt");
    alice.upload(&key, "alice's").await.unwrap();
    assert_eq!(alice.download(&key).await.unwrap(), "alice's");
    assert_eq!(alice.info(&key).await.unwrap().size, Some(7));
    assert_eq!(alice.list(format!("{hers}/notes")).await.unwrap().len(), 1);
    assert_eq!(
        alice.list_v2(&hers).page().await.unwrap().objects[0].name,
        key
    );
    let url = alice.signed_url(&key, MINUTE).await.unwrap();
    let opened = bob.storage().download_signed(url.expose_secret());
    assert_eq!(
        opened.await.unwrap(),
        "alice's",
        "the URL is the permission"
    );

    assert!(refused(bob.download(&key).await).is_not_found());
    assert!(refused(bob.info(&key).await).is_not_found());
    assert!(!bob.exists(&key).await.unwrap());
    assert!(refused(bob.upload(&key, "bob's").upsert().await).is_denied());
    assert!(refused(bob.upload(format!("{hers}/new"), "bob's").await).is_denied());
    assert_eq!(bob.list(format!("{hers}/notes")).await.unwrap(), []);
    assert_eq!(bob.list_v2("").page().await.unwrap().objects, []);
    refused(bob.move_to(&key, "x").await);
    refused(bob.copy(&key, "x").await);
    assert!(refused(bob.signed_url(&key, MINUTE).await).is_not_found());
    // The local server refuses the request as a whole, where Storage leaves out the one object.
    refused(bob.signed_urls([&key], MINUTE).await);
    refused(bob.signed_upload_url(format!("{hers}/new"), false).await);
    let removed = bob.remove([&key]).await.unwrap();
    assert_eq!((removed.removed.len(), removed.not_removed.len()), (0, 1));

    assert_eq!(alice.download(&key).await.unwrap(), "alice's");
    let moved = format!("{hers}/moved.txt");
    alice.move_to(&key, &moved).await.unwrap();
    alice.copy(&moved, &key).await.unwrap();
    let removed = alice.remove([&key, &moved]).await.unwrap();
    assert_eq!(removed.removed.len(), 2);
    assert_eq!(alice.list_v2(&hers).page().await.unwrap().objects, []);
}

/// Nothing of one user is in the answer of another.
#[tokio::test]
async fn two_hundred_users_at_once_get_only_what_is_theirs() {
    let clients = clients().await;
    let users: Vec<_> = (0..200).map(|_| clients.get(user()).unwrap()).collect();
    let work = users.iter().map(async |client| {
        let (bucket, folder) = own(client);
        let text = format!("of {folder}");
        for name in ["a", "b"] {
            bucket
                .upload(format!("{folder}/{name}"), text.clone())
                .await
                .unwrap();
        }
        for name in ["a", "b"] {
            let read = bucket.download(format!("{folder}/{name}")).await.unwrap();
            assert_eq!(read, text);
        }
        let objects = bucket.list_v2("").page().await.unwrap().objects;
        let names: Vec<_> = objects.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(names, [format!("{folder}/a"), format!("{folder}/b")]);
        let url = bucket
            .signed_url(format!("{folder}/a"), MINUTE)
            .await
            .unwrap();
        let read = bucket
            .storage()
            .download_signed(url.expose_secret())
            .await
            .unwrap();
        assert_eq!(read, text);
    });
    join_all(work).await;
}

#[tokio::test]
async fn a_public_bucket_is_neither_listed_nor_written_without_a_policy() {
    let clients = clients().await;
    let server = scoped_tests::shared().await.unwrap();
    let (alice, hers) = own(&clients.get(user()).unwrap());
    let key = format!("{hers}/a.txt");
    let open = alice.storage().bucket("open");
    assert!(refused(open.upload(&key, "x").await).is_denied());
    let insert = format!(
        "insert into storage.objects (bucket_id, name, owner_id) values ('open', '{key}', '{hers}')"
    );
    server.sql(&insert).await.unwrap();
    let anonymous = clients.anonymous().unwrap();
    assert_eq!(
        anonymous
            .storage()
            .bucket("open")
            .list(&hers)
            .await
            .unwrap(),
        []
    );
    let url = open.public_url(&key).build().unwrap();
    assert_eq!(
        url,
        format!("{}/storage/v1/object/public/open/{key}", server.url())
    );
}

/// An anonymous client has no folder of its own.
#[tokio::test]
async fn anonymous_clients_reach_nothing_that_no_policy_gives_them() {
    let clients = clients().await;
    let (alice, hers) = own(&clients.get(user()).unwrap());
    let key = format!("{hers}/a.txt");
    alice.upload(&key, "alice's").await.unwrap();
    let anonymous = clients.anonymous().unwrap();
    let bucket = anonymous.storage().bucket("own");
    assert!(refused(bucket.download(&key).await).is_not_found());
    assert!(refused(bucket.upload(&key, "x").await).is_denied());
    assert_eq!(bucket.list(&hers).await.unwrap(), []);
}

/// The local server is ready for requests at the same time from the first one on. Before it was asked once, it refused
/// some of them as if by a policy.
#[tokio::test]
async fn the_first_requests_may_come_at_the_same_time() {
    let server = scoped_tests::project().await.unwrap();
    let clients = ScopedClients::new(server.config().unwrap()).unwrap();
    let uploads = (0..8).map(async |_| {
        let (bucket, folder) = own(&clients.get(user()).unwrap());
        bucket.upload(format!("{folder}/a"), "x").await.unwrap();
    });
    join_all(uploads).await;
}
