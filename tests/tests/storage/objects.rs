//! Objects: what is uploaded is read again, by each way of reading, and by no other user.

use std::time::{Duration, SystemTime};

use scoped_runtime::storage::{Body, Resize, SortColumn, Transform};
use scoped_runtime::{ClientError, Error, Upload};
use serde_json::json;

use crate::support::{client, own, refused};

fn stream(parts: &[&'static str]) -> Upload {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| Ok(bytes::Bytes::from_static(part.as_bytes())))
        .collect();
    Upload::new(futures_util::stream::iter(parts))
}

#[tokio::test]
async fn bytes_files_readers_and_streams_arrive_as_they_were() {
    let (bucket, folder) = own().await;
    let file = std::env::temp_dir().join(format!("scoped-storage-{}.png", std::process::id()));
    std::fs::write(&file, b"\x89PNG\r\n\x1a\nrest").unwrap();
    let reader = std::io::Cursor::new(b"a reader".to_vec());
    for (name, body, content, kind) in [
        ("a.txt", Body::from("text"), &b"text"[..], "text/plain"),
        (
            "b.json",
            Body::from(b"{}".to_vec()),
            b"{}",
            "application/json",
        ),
        ("c", Body::from("GIF89a...."), b"GIF89a....", "image/gif"),
        (
            "d",
            Body::file(&file),
            b"\x89PNG\r\n\x1a\nrest",
            "image/png",
        ),
        ("e.css", Body::reader(reader, 8), b"a reader", "text/css"),
        (
            "f",
            stream(&["a ", "stream"]).length(8).into(),
            b"a stream",
            "application/octet-stream",
        ),
        (
            "g",
            stream(&["un", "known"]).into(),
            b"unknown",
            "application/octet-stream",
        ),
        ("h", Body::from(""), b"", "application/octet-stream"),
    ] {
        let key = format!("{folder}/{name}");
        let uploaded = bucket.upload(&key, body).await.unwrap();
        assert_eq!(uploaded.path, format!("own/{key}"));
        assert!(uploaded.id.is_some());
        assert_eq!(&bucket.download(&key).await.unwrap()[..], content, "{name}");
        let info = bucket.info(&key).await.unwrap();
        assert_eq!(info.content_type.as_deref(), Some(kind), "{name}");
        assert_eq!(info.size, Some(content.len() as u64));
        assert_eq!(info.cache_control.as_deref(), Some("max-age=3600"));
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_file_that_is_missing_is_an_error_before_anything_is_sent() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/x");
    let error = bucket
        .upload(&key, Body::file("/nonexistent/x"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::Upload { .. })),
        "{error}"
    );
    assert!(!bucket.exists(&key).await.unwrap());
}

#[tokio::test]
async fn an_existing_object_is_replaced_only_on_request() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a.txt");
    let first = bucket.upload(&key, "one").await.unwrap();
    let error = refused(bucket.upload(&key, "two").await);
    assert!(error.already_exists() && !error.is_denied());
    assert_eq!((error.status(), error.http_status()), (409, 400));
    assert_eq!(error.code(), Some("KeyAlreadyExists"));
    let second = bucket.upload(&key, "three").upsert().await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(bucket.download(&key).await.unwrap(), "three");
}

#[tokio::test]
async fn type_cache_control_and_metadata_are_stored() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a.bin");
    let metadata = json!({ "camera": "x100", "tags": ["ü", 1] });
    bucket
        .upload(&key, "…")
        .content_type("image/x-raw")
        .cache_control(Duration::from_secs(7))
        .metadata(&metadata)
        .await
        .unwrap();
    let info = bucket.info(&key).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("image/x-raw"));
    assert_eq!(info.cache_control.as_deref(), Some("max-age=7"));
    assert_eq!(Some(&info.metadata.unwrap()), metadata.as_object());
    let download = bucket.download(&key).stream().await.unwrap();
    assert_eq!(download.content_type(), Some("image/x-raw"));
    assert_eq!(download.cache_control(), Some("max-age=7"));
    assert_eq!(download.length(), Some(3));
    assert!(download.last_modified().is_some());
}

/// A list and a text would be dropped or refused by the server.
#[tokio::test]
async fn options_that_storage_would_drop_are_errors() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a");
    let upload = || bucket.upload(&key, "x");
    for (request, word) in [
        (upload().metadata(json!([1])), "metadata"),
        (upload().metadata("text"), "metadata"),
        (
            upload().metadata(json!({ "a": "x".repeat(7000) })),
            "metadata",
        ),
        (upload().content_type("image"), "content type"),
        (
            upload().content_type("image/png\r\nx-upsert: true"),
            "content type",
        ),
    ] {
        let error = request.await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert!(matches!(error, Error::Client(_)));
    }
    assert!(!bucket.exists(&key).await.unwrap());
}

#[tokio::test]
async fn a_range_has_exactly_the_wanted_bytes() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a");
    bucket.upload(&key, "0123456789").await.unwrap();
    let get = || bucket.download(&key);
    for (request, wanted) in [
        (get().range(2..5), "234"),
        (get().range(2..=5), "2345"),
        (get().range(..3), "012"),
        (get().range(7..), "789"),
        (get().range(8..100), "89"),
        (get().last(3), "789"),
        (get().last(30), "0123456789"),
    ] {
        assert_eq!(request.await.unwrap(), wanted);
    }
    let error = refused(get().range(10..).await);
    assert_eq!(
        (error.http_status(), error.code()),
        (416, Some("InvalidRange"))
    );
    #[expect(clippy::reversed_empty_ranges, reason = "the mistake of the test")]
    for request in [get().range(5..5), get().range(5..2), get().last(0)] {
        let error = request.await.unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::InvalidQuery { .. })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_unchanged_object_is_not_downloaded_again() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a");
    bucket.upload(&key, "one").await.unwrap();
    let download = bucket.download(&key).stream().await.unwrap();
    let (etag, changed) = (
        download.etag().unwrap().to_owned(),
        download.last_modified().unwrap(),
    );
    drop(download);
    let error = refused(bucket.download(&key).if_none_match(&etag).await);
    assert!(error.is_not_modified());
    let error = refused(bucket.download(&key).if_modified_since(changed).await);
    assert!(error.is_not_modified());
    let before = SystemTime::UNIX_EPOCH;
    assert_eq!(
        bucket
            .download(&key)
            .if_modified_since(before)
            .await
            .unwrap(),
        "one"
    );
    bucket.upload(&key, "two").upsert().await.unwrap();
    assert_eq!(
        bucket.download(&key).if_none_match(&etag).await.unwrap(),
        "two"
    );
}

#[tokio::test]
async fn a_transformed_image_is_asked_for_by_its_own_path() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a.png");
    bucket.upload(&key, "pixels").await.unwrap();
    let transform = Transform::new()
        .width(20)
        .height(30)
        .resize(Resize::Fill)
        .quality(50);
    let image = bucket.download(&key).transform(transform.keep_format());
    assert_eq!(image.await.unwrap(), "pixels");
    for transform in [
        Transform::new().width(0),
        Transform::new().height(2501),
        Transform::new().quality(10),
    ] {
        let error = bucket
            .download(&key)
            .transform(transform)
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::InvalidQuery { .. })),
            "{error}"
        );
    }
}

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

#[tokio::test]
async fn limits_and_types_of_a_bucket_hold_for_uploads_and_not_for_copies() {
    let client = client().await;
    let storage = client.storage();
    let (small, texts) = (storage.bucket("small"), storage.bucket("texts"));
    let folder = client.user_id().to_string();
    let key = format!("{folder}/a.txt");
    let error = refused(small.upload(&key, vec![b'x'; 1001]).await);
    assert!(error.is_too_large() && error.code() == Some("EntityTooLarge"));
    let error = refused(texts.upload(&key, "x").content_type("image/png").await);
    assert!(error.is_wrong_type() && error.code() == Some("InvalidMimeType"));
    // The type by the name is sent without parameters, which the bucket would not match.
    texts.upload(&key, "x").await.unwrap();
    let error = refused(
        texts
            .upload(format!("{folder}/b.txt"), "x")
            .content_type("text/plain;charset=UTF-8")
            .await,
    );
    assert!(error.is_wrong_type());
    // What the documentation warns of: a stream without a length, and a copy.
    small.upload(&key, stream(&["x"; 1001])).await.unwrap();
    storage
        .bucket("shared")
        .upload(&key, vec![b'x'; 2000])
        .await
        .unwrap();
    let copy = storage
        .bucket("shared")
        .copy(&key, format!("{folder}/copy"));
    copy.to_bucket("small").await.unwrap();
}

#[tokio::test]
async fn a_listing_has_folders_pages_and_an_order() {
    let (bucket, folder) = own().await;
    for name in ["b.txt", "a.txt", "deep/er/x", "C.txt"] {
        bucket
            .upload(format!("{folder}/{name}"), name)
            .await
            .unwrap();
    }
    let list = || bucket.list(&folder);
    let names = |entries: &[scoped_runtime::storage::ListEntry]| {
        entries
            .iter()
            .map(|entry| entry.name.clone())
            .collect::<Vec<_>>()
    };
    let entries = list().await.unwrap();
    assert_eq!(names(&entries), ["a.txt", "b.txt", "C.txt", "deep"]);
    assert_eq!(entries[0].size(), Some(5));
    assert_eq!(entries[0].content_type(), Some("text/plain"));
    assert!(entries[3].is_folder() && !entries[0].is_folder());
    assert_eq!(
        names(&list().limit(2).offset(1).await.unwrap()),
        ["b.txt", "C.txt"]
    );
    assert_eq!(names(&list().search("b").await.unwrap()), ["b.txt"]);
    assert_eq!(
        names(&list().descending().limit(1).await.unwrap()),
        ["deep"]
    );
    let newest = list().sort_by(SortColumn::CreatedAt).descending().limit(1);
    assert_eq!(names(&newest.await.unwrap()), ["C.txt"]);
    assert_eq!(
        bucket.storage().bucket("missing").list("").await.unwrap(),
        []
    );
}

#[tokio::test]
async fn pages_have_every_object_once_in_the_order_of_bytes() {
    let (bucket, folder) = own().await;
    let mut keys: Vec<String> = (0..25).map(|n| format!("{folder}/{}/{n}", n % 3)).collect();
    for key in &keys {
        bucket.upload(key, "x").await.unwrap();
    }
    keys.sort();
    for descending in [false, true] {
        let mut request = bucket.list_v2(format!("{folder}/")).page_size(7);
        if descending {
            request = request.descending();
        }
        let mut pages = request.pages();
        let (mut found, mut count) = (Vec::new(), 0);
        while let Some(page) = pages.next().await {
            count += 1;
            found.extend(page.unwrap().objects.into_iter().map(|object| object.name));
        }
        if descending {
            found.reverse();
        }
        assert_eq!((found, count), (keys.clone(), 4));
    }
    // A prefix is a text, not a folder.
    let page = bucket
        .list_v2(format!("{folder}/1/1"))
        .page()
        .await
        .unwrap();
    assert_eq!(page.objects.len(), 5);
    let page = bucket
        .list_v2(format!("{folder}/"))
        .with_folders()
        .page()
        .await
        .unwrap();
    let folders: Vec<_> = page
        .folders
        .iter()
        .map(|entry| entry.name.clone())
        .collect();
    assert_eq!(
        folders,
        ["0", "1", "2"].map(|name| format!("{folder}/{name}/"))
    );
    assert_eq!(page.objects, []);
    let first = bucket
        .list_v2(format!("{folder}/"))
        .page_size(20)
        .page()
        .await
        .unwrap();
    let cursor = first.next_cursor.unwrap();
    let rest = bucket
        .list_v2(format!("{folder}/"))
        .cursor(cursor)
        .page()
        .await
        .unwrap();
    assert_eq!(rest.objects.len(), 5);
    assert!(!rest.has_next);
}

/// The plain path of these buckets is another route.
#[tokio::test]
async fn buckets_with_the_name_of_a_route_are_read_and_never_another_one() {
    let client = client().await;
    let folder = client.user_id().to_string();
    for name in ["info", "authenticated", "public"] {
        let bucket = client.storage().bucket(name);
        let key = format!("{folder}/x");
        bucket.upload(&key, name).await.unwrap();
        assert_eq!(bucket.download(&key).await.unwrap(), name);
        assert_eq!(
            bucket.info(&key).await.unwrap().bucket_id.as_deref(),
            Some(name)
        );
    }
    for name in ["sign", "list", "list-v2", "upload"] {
        let error = client
            .storage()
            .bucket(name)
            .upload("a", "x")
            .await
            .unwrap_err();
        let is_name = matches!(
            error,
            Error::Client(ClientError::InvalidName { kind: "bucket", .. })
        );
        assert!(is_name, "{error}");
    }
}

/// The refusal comes before the body is read; without reading it, only a broken pipe would be seen.
#[tokio::test]
async fn a_refusal_is_read_while_the_body_is_still_sent() {
    let (bucket, _) = own().await;
    let part = bytes::Bytes::from(vec![0; 1 << 20]);
    for length in [None, Some(64 << 20)] {
        let parts = (0..64).map(|_| Ok(part.clone())).collect::<Vec<_>>();
        let mut upload = Upload::new(futures_util::stream::iter(parts));
        if let Some(bytes) = length {
            upload = upload.length(bytes);
        }
        let error = refused(bucket.upload("another/x", upload).await);
        assert!(error.is_denied(), "{error}");
    }
    let error = refused(bucket.upload("another/x", vec![0; 64 << 20]).await);
    assert!(error.is_denied(), "{error}");
}

/// More objects than a page of the server has, whatever is asked for.
#[tokio::test]
async fn more_than_a_thousand_objects_are_listed_and_removed_completely() {
    use futures_util::StreamExt;

    let (bucket, folder) = own().await;
    let keys: Vec<String> = (0..1205).map(|n| format!("{folder}/{n:04}")).collect();
    let uploads = keys.iter().map(|key| bucket.upload(key, "x").execute());
    let uploaded = futures_util::stream::iter(uploads).buffer_unordered(16);
    assert!(
        uploaded
            .all(|outcome| std::future::ready(outcome.is_ok()))
            .await
    );
    let first = bucket.list_v2(&folder).page().await.unwrap();
    assert_eq!((first.objects.len(), first.has_next), (1000, true));
    let pages: Vec<_> = bucket.list_v2(&folder).pages().collect().await;
    let listed: Vec<String> = pages
        .into_iter()
        .flat_map(|page| page.unwrap().objects)
        .map(|object| object.name)
        .collect();
    assert_eq!(listed, keys);
    let removed = bucket.remove(keys.clone()).await.unwrap();
    assert_eq!((removed.removed, removed.not_removed.len()), (keys, 0));
    assert_eq!(bucket.list_v2(&folder).page().await.unwrap().objects, []);
}
