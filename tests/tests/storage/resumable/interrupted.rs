//! Uploads that are interrupted: lost connections, other requests for the upload, and a program that is killed.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scoped_runtime::storage::UploadUrl;
use scoped_runtime::{ScopedClient, ScopedClients, Upload};

use super::{PART, content, stream_of};
use crate::proxy::Proxy;
use crate::support::{Mover, client, config, impatient, shared, user};

/// A user of a project behind a proxy that loses connections.
async fn behind_proxy() -> (Proxy, ScopedClient, Mover) {
    let proxy = Proxy::to(&shared().await.url()).await;
    let (config, mover) = impatient(config(&proxy.url));
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    (proxy, clients.get(user()).unwrap(), mover)
}

#[tokio::test]
async fn a_lost_connection_costs_only_what_was_not_taken() {
    let (proxy, client, _mover) = behind_proxy().await;
    let bucket = client.storage().bucket("own");
    let cuts = [
        ("early", 500),
        ("middle", PART + PART / 2),
        ("late", 3 * PART),
    ];
    for (at, (name, cut)) in cuts.into_iter().enumerate() {
        let key = format!("{}/{name}", client.user_id());
        let all = content(4 * PART);
        let body = stream_of(&all, 5000).length(all.len() as u64);
        let upload = bucket
            .upload_resumable(&key, body)
            .part_bytes(PART)
            .begin()
            .await
            .unwrap();
        proxy.cut_after(cut);
        upload.execute().await.unwrap();
        assert_eq!(proxy.cuts(), at + 1, "{name}");
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
    let name = "resumable::interrupted::an_upload_is_continued_after_the_program_was_killed";
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
