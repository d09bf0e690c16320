//! The same methods without an async runtime.

use std::io::Read;
use std::time::Duration;

use scoped_runtime::blocking::{ScopedClient, ScopedClients};
use scoped_runtime::storage::Body;

use crate::support::{config, refused, shared, user};

fn clients() -> ScopedClients {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url = runtime.block_on(shared()).url();
    ScopedClients::new(config(&url).build().unwrap()).unwrap()
}

#[test]
fn blocking_code_has_all_of_storage() {
    let clients = clients();
    let alice: ScopedClient = clients.get(user()).unwrap();
    let bob = clients.get(user()).unwrap();
    let folder = alice.user_id().to_string();
    let bucket = alice.storage().bucket("own");
    let key = |name: &str| format!("{folder}/{name}");
    let file = std::env::temp_dir().join(format!("scoped-blocking-{}", std::process::id()));
    let all = vec![7; 300_000];
    std::fs::write(&file, &all).unwrap();
    bucket.upload(key("a.txt"), "text").execute().unwrap();
    bucket
        .upload(key("b.bin"), Body::file(&file))
        .upsert()
        .execute()
        .unwrap();
    let resumable = bucket
        .upload_resumable(key("c.bin"), Body::file(&file))
        .part_bytes(100_000);
    resumable.begin().unwrap().execute().unwrap();
    std::fs::remove_file(file).unwrap();
    assert_eq!(bucket.download(key("a.txt")).bytes().unwrap(), "text");
    assert_eq!(
        bucket.download(key("a.txt")).range(1..3).bytes().unwrap(),
        "ex"
    );
    let mut read = Vec::new();
    bucket
        .download(key("b.bin"))
        .stream()
        .unwrap()
        .read_to_end(&mut read)
        .unwrap();
    assert!(read == all);
    let mut written = Vec::new();
    let bytes = bucket
        .download(key("c.bin"))
        .stream()
        .unwrap()
        .write_to(&mut written)
        .unwrap();
    assert!(written == all && bytes == 300_000);
    assert_eq!(bucket.info(key("a.txt")).unwrap().size, Some(4));
    assert!(bucket.exists(key("a.txt")).unwrap());
    assert_eq!(bucket.list(&folder).execute().unwrap().len(), 3);
    let pages = bucket.list_v2(&folder).page_size(2).pages();
    let names: Vec<_> = pages
        .flat_map(|page| page.unwrap().objects)
        .map(|object| object.name)
        .collect();
    assert_eq!(names, [key("a.txt"), key("b.bin"), key("c.bin")]);
    let url = bucket
        .signed_url(key("a.txt"), Duration::from_mins(1))
        .execute()
        .unwrap();
    let opened = bob
        .storage()
        .download_signed(url.expose_secret())
        .bytes()
        .unwrap();
    assert_eq!(opened, "text");
    bucket.copy(key("a.txt"), key("d.txt")).execute().unwrap();
    bucket
        .move_to(key("d.txt"), key("e.txt"))
        .execute()
        .unwrap();
    let removed = bucket.remove([key("e.txt"), key("d.txt")]).unwrap();
    assert_eq!((removed.removed.len(), removed.not_removed.len()), (1, 1));
    let bobs = bob.storage().bucket("own");
    assert!(refused(bobs.download(key("a.txt")).bytes()).is_not_found());
    assert!(refused(bobs.upload(key("x"), "x").execute()).is_denied());
    assert_eq!(alice.storage().list_buckets().execute().unwrap(), []);
}
