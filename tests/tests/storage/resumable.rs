//! Resumable uploads on `@tus/server`, behind the ways in which the real server is ugly.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::storage::{Body, Progress, UploadUrl};
use scoped_runtime::{ClientError, Error, ScopedClients, Upload};
use serde_json::json;

use crate::proxy::Proxy;
use crate::support::{Mover, Stand, client, config, impatient, own, refused, shared, user};

const PART: usize = 64 << 10;

/// Bytes in which no part is the same as another.
fn content(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..bytes)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

fn stream(content: &[u8], step: usize) -> Upload {
    let parts: Vec<_> = content
        .chunks(step)
        .map(|part| Ok(bytes::Bytes::copy_from_slice(part)))
        .collect();
    Upload::new(futures_util::stream::iter(parts))
}

/// Must show 1 of the issue: the token ends twice during an upload of 40 parts.
#[tokio::test]
async fn an_upload_of_40_parts_outlives_two_tokens() {
    let stand = Arc::new(Stand::start().await);
    let alice = stand.clients.get(user()).unwrap();
    let bucket = alice.storage().bucket("own");
    let key = format!("{}/big.bin", alice.user_id());
    let all = content(40 * PART);
    let seen = Arc::<Mutex<Vec<Progress>>>::default();
    let noted = Arc::clone(&seen);
    // The clocks of both sides move after 13 and after 26 parts.
    let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let body = {
        let all = all.clone();
        let stand = Arc::clone(&stand);
        let parts = futures_util::stream::unfold(0, move |at| {
            let (stand, all, ask) = (Arc::clone(&stand), all.clone(), ask.clone());
            async move {
                let part = all.chunks(PART).nth(at)?;
                if at == 13 || at == 26 {
                    stand.pass(3600).await;
                    ask.send(at).unwrap();
                }
                Some((Ok(bytes::Bytes::copy_from_slice(part)), at + 1))
            }
        });
        Upload::new(parts).length(40 * PART as u64)
    };
    bucket
        .upload_resumable(&key, body)
        .part_bytes(PART)
        .on_progress(move |progress| noted.lock().unwrap().push(progress))
        .await
        .unwrap();
    assert_eq!(
        (asked.recv().await, asked.recv().await),
        (Some(13), Some(26))
    );
    assert_eq!(bucket.download(&key).await.unwrap(), all);
    let log = stand.log().await;
    let parts: Vec<_> = log
        .iter()
        .filter(|entry| entry["method"] == "PATCH")
        .collect();
    assert_eq!(parts.len(), 40, "no part was refused or repeated");
    assert!(parts.iter().all(|entry| entry["status"] == 204));
    let mut tokens: Vec<_> = parts
        .iter()
        .map(|entry| entry["token"].to_string())
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "three tokens, one after the other");
    assert!(
        parts
            .iter()
            .all(|entry| entry["user"] == alice.user_id().as_str())
    );
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 41, "at the start and after each part");
    assert!(seen.windows(2).all(|pair| pair[0].sent < pair[1].sent));
    assert_eq!(seen[40].total, Some(seen[40].sent));
}

#[tokio::test]
async fn every_kind_of_body_arrives_whole() {
    let (bucket, folder) = own().await;
    let file = std::env::temp_dir().join(format!("scoped-resumable-{}", std::process::id()));
    for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART] {
        let all = content(length);
        std::fs::write(&file, &all).unwrap();
        for (name, body) in [
            ("bytes", Body::from(all.clone())),
            ("file", Body::file(&file)),
            ("small", stream(&all, 1000).length(length as u64).into()),
            ("large", stream(&all, 2 * PART).length(length as u64).into()),
            ("exact", stream(&all, PART).into()),
            ("unknown", stream(&all, 1000).into()),
        ] {
            let key = format!("{folder}/{name}-{length}.mp4");
            bucket
                .upload_resumable(&key, body)
                .part_bytes(PART)
                .metadata(json!({ "of": name }))
                .cache_control(Duration::from_secs(5))
                .await
                .unwrap_or_else(|error| panic!("{key}: {error}"));
            assert!(bucket.download(&key).await.unwrap() == all, "{key}");
            let info = bucket.info(&key).await.unwrap();
            assert_eq!(info.content_type.as_deref(), Some("video/mp4"));
            assert_eq!(info.cache_control.as_deref(), Some("max-age=5"));
            assert_eq!(info.metadata.as_ref(), json!({ "of": name }).as_object());
        }
    }
    std::fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_body_of_another_length_than_it_says_is_an_error() {
    let (bucket, folder) = own().await;
    for (length, word) in [
        (2 * PART + 1, "shorter"),
        (2 * PART - 1, "longer"),
        (PART, "longer"),
    ] {
        let body = stream(&content(2 * PART), 1000).length(length as u64);
        let key = format!("{folder}/{length}");
        let error = bucket
            .upload_resumable(&key, body)
            .part_bytes(PART)
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::Client(ClientError::Upload { .. })),
            "{error}"
        );
        assert!(format!("{error:?}").contains(word), "{error:?}");
        assert!(!bucket.exists(&key).await.unwrap());
    }
}

/// Storage wants `x-upsert` on every part, not only on the first request.
#[tokio::test]
async fn an_existing_object_is_replaced_only_on_request() {
    let (bucket, folder) = own().await;
    let key = format!("{folder}/a");
    bucket.upload(&key, "old").await.unwrap();
    let upload = || {
        bucket
            .upload_resumable(&key, content(3 * PART))
            .part_bytes(PART)
    };
    let error = refused(upload().await);
    assert!(error.already_exists(), "{error}");
    assert_eq!(bucket.download(&key).await.unwrap(), "old");
    upload().upsert().await.unwrap();
    assert_eq!(bucket.download(&key).await.unwrap(), content(3 * PART));
    // Of two uploads of one key the second one to end is refused, and asked again only once.
    let key = format!("{folder}/b");
    let first = bucket.upload_resumable(&key, "one").begin().await.unwrap();
    let second = bucket.upload_resumable(&key, "two").begin().await.unwrap();
    first.execute().await.unwrap();
    assert!(refused(second.execute().await).already_exists());
    assert_eq!(bucket.download(&key).await.unwrap(), "one");
}

#[tokio::test]
async fn policies_limits_and_types_are_asked_at_the_start() {
    let (alice, folder) = own().await;
    let (bob, _) = own().await;
    let key = format!("{folder}/a");
    let error = refused(bob.upload_resumable(&key, "x").begin().await);
    assert!(error.is_denied(), "{error}");
    assert_eq!(
        (error.status(), error.code()),
        (403, None),
        "plain text with the true status"
    );
    let storage = alice.storage();
    let small = storage
        .bucket("small")
        .upload_resumable(&key, vec![0; 1001]);
    assert!(refused(small.begin().await).is_too_large());
    let texts = storage.bucket("texts").upload_resumable(&key, "x");
    assert!(refused(texts.content_type("image/png").begin().await).is_wrong_type());
    // The URL is a secret: it gives another user the offset, and no more.
    let upload = alice
        .upload_resumable(&key, "alice's")
        .begin()
        .await
        .unwrap();
    let url = UploadUrl::new(upload.url().expose_secret()).unwrap();
    let stolen = bob.resume(url.clone(), "bob's  ").begin().await.unwrap();
    assert!(refused(stolen.execute().await).is_denied());
    let stolen = bob.resume(url, "bob's  ").begin().await.unwrap();
    assert!(refused(stolen.cancel().await).is_denied());
    upload.execute().await.unwrap();
    assert_eq!(alice.download(&key).await.unwrap(), "alice's");
}

/// The server's address says `https` and may have another host. No token goes there.
#[tokio::test]
async fn the_address_of_an_upload_is_only_its_last_segment() {
    let (bucket, folder) = own().await;
    let upload = bucket
        .upload_resumable(format!("{folder}/a b"), "x")
        .begin()
        .await
        .unwrap();
    let kept = upload.url().expose_secret();
    assert!(kept.starts_with("/storage/v1/upload/resumable/"), "no host");
    let id = kept.rsplit('/').next().unwrap();
    assert!(!format!("{upload:?} {:?}", upload.url()).contains(id));
    upload.cancel().await.unwrap();
    let evil = format!("https://evil.test/storage/v1/upload/resumable/{id}?x=1");
    let url = UploadUrl::new(evil).unwrap();
    // It was cancelled, so our own server does not know it any more.
    let error = refused(bucket.resume(url.clone(), "x").begin().await);
    assert!(error.is_not_found(), "{error}");
    let other = bucket.storage().bucket("other");
    let error = other.resume(url, "x").begin().await.unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::InvalidQuery { .. })),
        "{error}"
    );
    for bad in [
        "",
        "https://x.test/",
        "/storage/v1/upload/resumable/%2e%2e",
        "b24vLi4vLi4",
    ] {
        assert!(UploadUrl::new(bad).is_err(), "{bad}");
    }
}

/// A user of a project behind a proxy that loses connections.
async fn behind_proxy() -> (Proxy, scoped_runtime::ScopedClient, Mover) {
    let proxy = Proxy::to(&shared().await.url()).await;
    let (config, mover) = impatient(config(&proxy.url));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    (proxy, clients.get(user()).unwrap(), mover)
}

#[tokio::test]
async fn a_lost_connection_costs_only_what_was_not_taken() {
    let (proxy, client, _mover) = behind_proxy().await;
    let bucket = client.storage().bucket("own");
    for (name, cut) in [
        ("early", 500),
        ("middle", PART + PART / 2),
        ("late", 3 * PART),
    ] {
        let key = format!("{}/{name}", client.user_id());
        let all = content(4 * PART);
        let body = stream(&all, 5000).length(all.len() as u64);
        let upload = bucket
            .upload_resumable(&key, body)
            .part_bytes(PART)
            .begin()
            .await
            .unwrap();
        proxy.cut_after(cut);
        upload.execute().await.unwrap();
        assert_eq!(
            proxy.cuts(),
            1 + ["early", "middle", "late"]
                .iter()
                .position(|at| *at == name)
                .unwrap()
        );
        assert!(bucket.download(&key).await.unwrap() == all, "{name}");
    }
}

/// The server ends a running part when anything else asks for the upload, and says how far it has come.
#[tokio::test]
async fn a_part_that_another_request_stopped_goes_on_from_the_servers_offset() {
    let (proxy, alice, _mover) = behind_proxy().await;
    let bucket = alice.storage().bucket("own");
    let key = format!("{}/a", alice.user_id());
    let all = content(3 * PART);
    let seen = Arc::<Mutex<Vec<u64>>>::default();
    let noted = Arc::clone(&seen);
    let upload = bucket.upload_resumable(&key, all.clone()).part_bytes(PART);
    let upload = upload.on_progress(move |progress| noted.lock().unwrap().push(progress.sent));
    let upload = upload.begin().await.unwrap();
    let url = upload.url().clone();
    proxy.hold_after(PART + PART / 2);
    let sending = tokio::spawn(upload.execute());
    while proxy.cuts() == 0 {
        tokio::task::yield_now().await;
    }
    // In the middle of the second part.
    let other = client().await.storage().bucket("own");
    let asked = other.resume(url, vec![0; all.len()]).begin().await;
    assert!(asked.unwrap().offset() > PART as u64);
    sending.await.unwrap().unwrap();
    assert!(bucket.download(&key).await.unwrap() == all);
    let seen = seen.lock().unwrap();
    let part = PART as u64;
    let is_within = |sent: &u64| (part + 1..2 * part).contains(sent);
    assert!(seen.iter().any(is_within), "the part was stopped: {seen:?}");
}

#[tokio::test]
async fn a_signed_upload_needs_no_policy() {
    let (alice, folder) = own().await;
    let bob = client().await;
    let key = format!("{folder}/a");
    let url = alice.signed_upload_url(&key, false).await.unwrap();
    let bobs = bob.storage().bucket("own");
    let upload = bobs
        .upload_resumable(&key, content(3 * PART))
        .part_bytes(PART);
    upload.signed(&url).await.unwrap();
    assert!(alice.download(&key).await.unwrap() == content(3 * PART));
    let other = bobs
        .upload_resumable(format!("{folder}/b"), "x")
        .signed(&url);
    refused(other.await);
}

/// The environment variables by which this test runs itself as the program that is killed.
const KEPT: &str = "SCOPED_TESTS_UPLOAD_URL_FILE";
const SERVER: &str = "SCOPED_TESTS_STORAGE";

/// Must show 5 of the issue: a program is killed in the middle of an upload, and another one goes on.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the child learns by its environment what to do"
)]
async fn an_upload_is_continued_after_the_program_was_killed() {
    if let (Ok(kept), Ok(url)) = (std::env::var(KEPT), std::env::var(SERVER)) {
        return upload_until_killed(&kept, &url).await;
    }
    let kept = std::env::temp_dir().join(format!("scoped-kept-{}", std::process::id()));
    let _ = std::fs::remove_file(&kept);
    let name = "resumable::an_upload_is_continued_after_the_program_was_killed";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact"])
        .env(KEPT, &kept)
        .env(SERVER, shared().await.url())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut text = String::new();
    for _ in 0..1000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        text = std::fs::read_to_string(&kept).unwrap_or_default();
        if text.ends_with("three parts\n") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let url = text.lines().next().expect("the child kept the URL");
    let config = config(&shared().await.url()).build().unwrap();
    let alice = ScopedClients::new(config).unwrap().get(KILLED).unwrap();
    let bucket = alice.storage().bucket("own");
    let all = content(10 * PART);
    let url = UploadUrl::new(url).unwrap();
    let wrong = bucket
        .resume(url.clone(), content(PART))
        .begin()
        .await
        .unwrap_err();
    assert!(wrong.to_string().contains("bytes"), "{wrong}");
    let upload = bucket
        .resume(url, all.clone())
        .part_bytes(PART)
        .begin()
        .await
        .unwrap();
    assert!(upload.offset() >= 3 * PART as u64, "{}", upload.offset());
    assert!(upload.offset() < 10 * PART as u64);
    upload.execute().await.unwrap();
    let key = format!("{KILLED}/killed");
    assert!(bucket.download(&key).await.unwrap() == all);
    std::fs::remove_file(kept).unwrap();
}

const KILLED: &str = "00000000-0000-4000-8000-0000000dead1";

async fn upload_until_killed(kept: &str, url: &str) {
    let config = config(url).build().unwrap();
    let alice = ScopedClients::new(config).unwrap().get(KILLED).unwrap();
    let bucket = alice.storage().bucket("own");
    let all = content(10 * PART);
    let parts = futures_util::stream::unfold(0, move |at| {
        let part = all.chunks(PART).nth(at).map(bytes::Bytes::copy_from_slice);
        async move {
            // One part is read ahead.
            if at == 5 {
                std::future::pending::<()>().await;
            }
            Some((Ok(part?), at + 1))
        }
    });
    let body = Upload::new(parts).length(10 * PART as u64);
    let file = kept.to_owned();
    let write = move |text: &str| {
        use std::io::Write;
        let mut file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&file)
            .unwrap();
        writeln!(file, "{text}").unwrap();
    };
    let noted = write.clone();
    let upload = bucket
        .upload_resumable(format!("{KILLED}/killed"), body)
        .part_bytes(PART)
        .upsert()
        .on_progress(move |progress| {
            if progress.sent == 3 * PART as u64 {
                noted("three parts");
            }
        })
        .begin()
        .await
        .unwrap();
    write(&upload.url().expose_secret());
    upload.execute().await.unwrap();
}
