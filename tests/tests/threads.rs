//! The number of threads that a project starts. The test is alone in its process, because it counts
//! threads.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may its helpers"
)]

use std::fs;

use scoped_runtime::blocking::ScopedClients;
use scoped_runtime::testing::Recorder;

/// Returns the number of threads in this process that the runtime has named.
fn ours() -> usize {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let name = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("comm"));
    let names = threads.filter_map(|thread| name(thread.unwrap()).ok());
    names.filter(|name| name.trim() == "scoped-runtime").count()
}

#[test]
fn a_project_starts_one_thread_for_all_its_blocking_clients() {
    let server = Recorder::start_blocking().unwrap();
    let clients = ScopedClients::new(server.config()).unwrap();
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
