//! Downloads: ranges, conditions and images.

use std::time::SystemTime;

use scoped_runtime::ClientError;
use scoped_runtime::storage::{Resize, Transform};

use crate::support::{assert_client_error, own, refused};

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
        assert_client_error!(error, ClientError::InvalidQuery { .. });
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
        assert_client_error!(error, ClientError::InvalidQuery { .. });
    }
}
