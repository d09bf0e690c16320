use std::panic::{AssertUnwindSafe, catch_unwind};

use scoped_runtime::testing::Recorder;

use super::alice;

const MEBIBYTE: usize = 1 << 20;

fn is_refused<T>(look: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(look)).is_err()
}

async fn post(recorder: &Recorder, bytes: usize) -> u16 {
    let post = reqwest::Client::new().post(recorder.url());
    post.body(vec![0; bytes])
        .send()
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_every_later_look_says_so() {
    let (recorder, _) = alice().await;
    assert_eq!(post(&recorder, 16 * MEBIBYTE).await, 200);
    assert_eq!(recorder.take_requests().len(), 1);
    assert_eq!(post(&recorder, 16 * MEBIBYTE + 1).await, 413);
    assert!(is_refused(|| recorder.requests()));
    assert!(is_refused(|| recorder.assert_no_requests()));
}

#[tokio::test]
async fn all_bodies_together_have_a_limit() {
    let (recorder, _) = alice().await;
    for _ in 0..16 {
        assert_eq!(post(&recorder, 16 * MEBIBYTE).await, 200);
    }
    assert_eq!(post(&recorder, 1).await, 507);
    assert!(is_refused(|| recorder.take_requests()));
    assert_eq!(recorder.requests().len(), 0, "forgotten, and said once");
}
