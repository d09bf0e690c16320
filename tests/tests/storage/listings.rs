//! Listings of folders, and pages of all objects.

use futures_util::StreamExt;
use scoped_runtime::storage::SortColumn;

use crate::support::own;

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

/// More objects than the largest page of the server.
#[tokio::test]
async fn more_than_a_thousand_objects_are_listed_and_removed_completely() {
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
