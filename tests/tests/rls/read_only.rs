//! Read-only clients on the real server see the rows of their user and change none.

use scoped_runtime::{ClientError, Error, ScopedClient, ScopedClients, UserId, impersonate};
use serde_json::json;

use crate::support::{clients, new_user, notes, write};

fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let error = outcome.expect_err("a client that only reads has written");
    let is_it = matches!(error, Error::Client(ClientError::ReadOnly { .. }));
    assert!(is_it, "{error}");
}

#[tokio::test]
async fn a_read_only_client_sees_the_rows_of_its_user_and_changes_none() {
    let clients = clients().await;
    let (alice, bob) = (new_user(), new_user());
    let writer = clients.get(alice).unwrap();
    let note = write(&writer, "kept").await;
    let reader = clients.user(alice).read_only().client().unwrap();
    assert_eq!(notes(&reader).await, std::slice::from_ref(&note));
    let other = clients.user(bob).read_only().client().unwrap();
    assert_eq!(notes(&other).await, [], "another user's rows");

    refused(
        reader
            .from("notes")
            .insert(json!({"body": "x"}))
            .execute()
            .await,
    );
    refused(
        reader
            .from("notes")
            .delete()
            .eq("id", note.id)
            .execute()
            .await,
    );
    let update = reader.from("notes").update(json!({"body": "x"}));
    refused(update.eq("id", note.id).execute().await);
    refused(
        reader
            .request("POST", "rest/v1/rpc/my_notes")
            .execute()
            .await,
    );
    let narrow = reader.narrow().client().unwrap();
    refused(
        narrow
            .from("notes")
            .delete()
            .eq("id", note.id)
            .execute()
            .await,
    );
    assert_eq!(notes(&writer).await, [note]);
}

#[tokio::test]
async fn a_read_only_client_calls_functions() {
    let clients = clients().await;
    let (alice, bob) = (new_user(), new_user());
    let note = write(&clients.get(alice).unwrap(), "mine").await;
    let reader = |user| clients.user(user).read_only().client().unwrap();
    let sum: i64 = reader(alice)
        .rpc("add", json!({"a": 2, "b": 3}))
        .fetch_one()
        .await
        .unwrap();
    assert_eq!(sum, 5);
    let own = async |client: ScopedClient| {
        let rows = client
            .rpc("my_notes", ())
            .fetch::<serde_json::Value>()
            .await
            .unwrap();
        rows.iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(own(reader(alice)).await, [note.id]);
    assert_eq!(own(reader(bob)).await, [0; 0]);
}

#[impersonate(user = user, read_only = true, via = clients)]
async fn tidy(
    clients: &ScopedClients,
    user: &UserId,
    #[scoped] db: ScopedClient,
) -> Result<(), Error> {
    assert!(db.is_read_only());
    db.from("notes").select("id").execute().await?;
    db.from("notes").delete().all_rows().execute().await?;
    Ok(())
}

#[impersonate(user = user, read_only = true, via = clients)]
fn tidy_blocking(
    clients: &scoped_runtime::blocking::ScopedClients,
    user: &UserId,
    #[scoped] db: scoped_runtime::blocking::ScopedClient,
) -> Result<(), Error> {
    assert!(db.is_read_only() && db.clone().schema("public").is_read_only());
    db.from("notes").select("id").execute()?;
    db.from("notes").delete().all_rows().execute()?;
    Ok(())
}

#[tokio::test]
async fn the_attribute_makes_read_only_clients() {
    let clients = clients().await;
    let user = UserId::from(new_user());
    let writer = clients.get(&user).unwrap();
    let note = write(&writer, "kept").await;
    refused(tidy(&clients, &user).await);
    let blocking = scoped_runtime::blocking::ScopedClients::from(clients);
    let outcome = tokio::task::spawn_blocking(move || tidy_blocking(&blocking, &user));
    refused(outcome.await.unwrap());
    assert_eq!(notes(&writer).await, [note]);
}
