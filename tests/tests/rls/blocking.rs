//! Blocking clients act as their users as well.

use std::thread;

use scoped_runtime::blocking::{ScopedClient, ScopedClients};
use scoped_runtime::{Error, Paging};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Note, api, clients, new_user};

/// The project of the server. Only the start of the server is async.
fn project() -> ScopedClients {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(clients()).into()
}

fn notes(client: &ScopedClient) -> Result<Vec<Note>, Error> {
    let notes = client.from("notes").select("id,owner,body").order("id");
    notes.fetch()
}

fn write(client: &ScopedClient, body: &str) -> Note {
    let note = client.from("notes").insert(json!({ "body": body }));
    note.fetch_one().expect("the note")
}

#[test]
fn a_blocking_client_sees_changes_and_deletes_its_users_rows_only() {
    let clients = project();
    let (alice, bob) = (
        clients.get(new_user()).unwrap(),
        clients.get(new_user()).unwrap(),
    );
    let note = write(&alice, "secret");
    assert_eq!(note.owner, alice.user_id().as_str());
    let id = note.id.to_string();

    assert_eq!(notes(&alice).unwrap(), std::slice::from_ref(&note));
    assert_eq!(notes(&bob).unwrap(), []);
    let stolen: Option<Note> = bob.from("notes").eq("id", &id).fetch_optional().unwrap();
    assert_eq!(stolen, None);
    let delete = bob.from("notes").delete().eq("id", &id);
    assert_eq!(delete.fetch::<Note>().unwrap(), []);
    assert_eq!(notes(&alice).unwrap(), [note]);

    let foreign = json!({"owner": alice.user_id().as_str(), "body": "planted"});
    let error = api(bob.from("notes").insert(foreign).execute());
    assert!(error.is_rls_denied(), "{error}");
}

#[test]
fn fifty_users_on_threads_of_their_own_stay_apart() {
    let clients = project();
    let users: Vec<Uuid> = (0..50).map(|_| new_user()).collect();
    let ready = std::sync::Barrier::new(users.len());
    thread::scope(|threads| {
        for user in users {
            let (clients, ready) = (&clients, &ready);
            threads.spawn(move || {
                let client = clients.get(user).unwrap();
                let note = write(&client, "private");
                ready.wait();
                assert_eq!(notes(&client).unwrap(), [note]);
            });
        }
    });
}

#[test]
fn every_way_of_sending_waits_for_its_answer() {
    let clients = project();
    let (alice, bob) = (
        clients.get(new_user()).unwrap(),
        clients.get(new_user()).unwrap(),
    );
    for body in ["a", "b", "c"] {
        write(&alice, body);
    }
    let table = |client: &ScopedClient| client.from("notes").select("id,owner,body");
    assert_eq!(table(&alice).count().unwrap(), 3);
    assert_eq!(table(&bob).count().unwrap(), 0);
    let page = table(&alice).order("id").range(1, 1).fetch_page::<Note>();
    let page = page.unwrap();
    assert_eq!((page.rows[0].body.as_str(), page.total), ("b", 3));
    let paging = Paging::by_key("id").page_size(2);
    let streamed: Result<Vec<Note>, Error> = table(&alice).fetch_stream(paging.clone()).collect();
    assert_eq!(streamed.unwrap(), notes(&alice).unwrap());
    assert_eq!(table(&bob).fetch_stream::<Note>(paging).count(), 0);
    let csv = table(&alice).select("body").csv();
    assert!(
        csv.unwrap_err()
            .to_string()
            .contains("`select` is called twice")
    );
    let csv = alice.from("notes").select("body").order("body").csv();
    assert_eq!(
        csv.unwrap().lines().collect::<Vec<_>>(),
        ["body", "a", "b", "c"]
    );
}
