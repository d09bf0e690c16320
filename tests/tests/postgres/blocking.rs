//! The blocking names.

use scoped_runtime::blocking::{ScopedClients, ScopedPostgres};
use scoped_runtime::{ClientError, Error};
use serde_json::json;

use crate::support::{ALICE, World};

#[tokio::test]
async fn a_thread_reads_writes_and_rolls_back() {
    let world = World::new().await;
    let clients = ScopedClients::from(world.clients.clone());
    tokio::task::spawn_blocking(move || {
        clients.check_postgres().unwrap();
        let alice: ScopedPostgres = clients.user(ALICE).postgres().unwrap();
        let bodies: Vec<String> = alice
            .fetch("select body from notes order by body", &[])
            .unwrap();
        assert_eq!(bodies, ["a1", "a2"]);
        let written = alice.transaction(|tx| {
            tx.execute("update notes set stars = 1", &[])?;
            tx.fetch_one::<i64>("select count(*) from notes where stars = 1", &[])
        });
        assert_eq!(written.unwrap(), 2);
        let rolled_back = alice.transaction(|tx| {
            tx.execute("delete from notes", &[])?;
            Err::<(), Error>(ClientError::Closed.into())
        });
        assert!(rolled_back.is_err());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            alice.transaction(|tx| {
                tx.execute("delete from notes", &[]).unwrap();
                let bug: fn() -> Result<(), Error> = || panic!("on purpose");
                bug()
            })
        }));
        assert!(panicked.is_err());
        let anyone = clients.anonymous().unwrap().postgres();
        assert_eq!(anyone.query("select from notes", &[]).unwrap().len(), 0);
    })
    .await
    .unwrap();
    assert_eq!(world.value("select count(*) from notes").await, json!(5));
    // In a task it would stall the others.
    let alice = ScopedClients::from(world.clients.clone())
        .get(ALICE)
        .unwrap()
        .postgres();
    let error = alice.query("select", &[]).unwrap_err();
    assert!(
        matches!(error, Error::Client(ClientError::InsideRuntime)),
        "{error}"
    );
}
