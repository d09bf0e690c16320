//! A user cannot see, change or delete the rows of another user.

use scoped_runtime::{Error, ScopedClient, ScopedClients, UserId, impersonate};
use serde_json::json;

use crate::support::{Note, api, clients, new_user, notes, write};

#[tokio::test]
async fn a_user_sees_changes_and_deletes_their_own_rows_only() {
    let clients = clients().await;
    let (alice, bob) = (
        clients.get(new_user()).unwrap(),
        clients.get(new_user()).unwrap(),
    );
    let note = write(&alice, "secret").await;
    assert_eq!(note.owner, alice.user_id().as_str());
    let id = note.id.to_string();

    assert_eq!(notes(&alice).await, std::slice::from_ref(&note));
    assert_eq!(notes(&bob).await, []);
    let owned = bob.from("notes").eq("owner", alice.user_id().as_str());
    assert_eq!(owned.fetch::<Note>().await.unwrap(), []);
    let update = bob
        .from("notes")
        .update(json!({"body": "mine"}))
        .eq("id", &id);
    assert_eq!(update.execute().await.unwrap().text(), "[]");
    let delete = bob.from("notes").delete().eq("id", &id);
    assert_eq!(delete.fetch::<Note>().await.unwrap(), []);
    assert_eq!(notes(&alice).await, [note]);

    let foreign = json!({"owner": alice.user_id().as_str(), "body": "planted"});
    let error = api(bob.from("notes").insert(foreign).execute().await);
    assert!(error.is_rls_denied(), "{error}");
    assert_eq!((error.status(), error.code()), (403, Some("42501")));
}

#[impersonate(user = user, via = clients)]
async fn own_notes(
    clients: &ScopedClients,
    user: &UserId,
    #[scoped] db: ScopedClient,
) -> Result<Vec<Note>, Error> {
    db.from("notes").select("*").fetch().await
}

#[impersonate(user = user, via = clients)]
async fn overwrite(
    clients: &ScopedClients,
    user: &UserId,
    note: i64,
    #[scoped] db: ScopedClient,
) -> Result<usize, Error> {
    let query = db.from("notes").update(json!({"body": "overwritten"}));
    let changed: Vec<Note> = query.eq("id", note).fetch().await?;
    Ok(changed.len())
}

/// Makes every attempt of one user, while 199 other users do the same.
async fn try_everything(clients: ScopedClients, own: Note, others: Note) {
    let user: UserId = own.owner.parse().unwrap();
    let client = clients.get(&user).unwrap();
    let (own_id, others_id) = (own.id.to_string(), others.id.to_string());
    let nothing: [Note; 0] = [];
    let mut changed = own.clone();
    "changed".clone_into(&mut changed.body);

    assert_eq!(notes(&client).await, std::slice::from_ref(&own));
    assert_eq!(own_notes(&clients, &user).await.unwrap(), [own]);
    let read = client.from("notes").eq("id", &others_id);
    assert_eq!(read.fetch::<Note>().await.unwrap(), nothing);
    let body = json!({"body": "changed"});
    let update = client.from("notes").update(&body).eq("id", &others_id);
    assert_eq!(update.execute().await.unwrap().text(), "[]");
    assert_eq!(overwrite(&clients, &user, others.id).await.unwrap(), 0);
    let delete = client.from("notes").delete().eq("id", &others_id);
    assert_eq!(delete.fetch::<Note>().await.unwrap(), nothing);
    let update = client
        .from("notes")
        .update(&body)
        .in_("id", [own_id, others_id]);
    assert_eq!(update.fetch::<Note>().await.unwrap(), [changed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_users_at_once_stay_apart() {
    let clients = clients().await;
    let mut written = Vec::new();
    for _ in 0..200 {
        let client = clients.get(new_user()).unwrap();
        written.push(tokio::spawn(async move { write(&client, "private").await }));
    }
    let mut all = Vec::new();
    for note in written {
        all.push(note.await.unwrap());
    }
    let tasks: Vec<_> = (0..all.len())
        .map(|index| {
            let (own, others) = (all[index].clone(), all[(index + 1) % all.len()].clone());
            tokio::spawn(try_everything(clients.clone(), own, others))
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    // Every note is still there, as its owner left it.
    for note in all {
        let left = notes(&clients.get(&note.owner).unwrap()).await;
        assert_eq!(
            (left.len(), left[0].id, &*left[0].body),
            (1, note.id, "changed")
        );
    }
}
