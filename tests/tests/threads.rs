//! The number of threads that a project starts. The test is alone in its process, because it counts
//! threads.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

use std::fs;

use scoped_runtime::Config;
use scoped_runtime::blocking::ScopedClients;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Returns the number of threads in this process that the runtime has named.
fn ours() -> usize {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let name = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("comm"));
    let names = threads.filter_map(|thread| name(thread.unwrap()).ok());
    names.filter(|name| name.trim() == "scoped-runtime").count()
}

#[test]
fn a_project_starts_one_thread_for_all_its_blocking_clients() {
    let answer = ResponseTemplate::new(200).set_body_json(json!([]));
    let server = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        server
    });
    let config = Config::builder()
        .environment(|_| None)
        .url(server.uri())
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256");
    let clients = ScopedClients::new(config.build().unwrap()).unwrap();
    assert_eq!(ours(), 0, "the thread starts with the first request");
    std::thread::scope(|threads| {
        for user in 0..64_u32 {
            let clients = &clients;
            threads.spawn(move || {
                let user = format!("00000000-0000-4000-8000-{user:012x}");
                let client = clients.get(user).unwrap();
                client.from("notes").execute().unwrap();
            });
        }
    });
    assert_eq!(ours(), 1);
}
