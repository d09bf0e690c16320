//! Row Level Security decides what a user sees and writes.

use std::time::Duration;

use scoped_runtime::{Error, GraphqlError, ScopedClient};
use scoped_tests::ManualClock;
use serde_json::{Value, json};

use crate::support::{config, graphql_project, graphql_server, new_user, project};

const ALL: &str = "{ allNotes { nodes { owner body } } }";
const CREATE: &str =
    "mutation($note: NoteInput!) { createNote(input: { note: $note }) { note { id } } }";

pub(super) fn of_graphql(outcome: Result<impl Sized, Error>) -> GraphqlError {
    match outcome {
        Err(Error::Graphql(error)) => error,
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

async fn notes(client: &ScopedClient) -> Value {
    client.graphql(ALL, ()).await.unwrap()["allNotes"]["nodes"].clone()
}

/// Writes a note and returns its ID.
pub(super) async fn write(client: &ScopedClient, body: &str) -> Value {
    let note = json!({ "note": { "body": body } });
    client.graphql(CREATE, &note).await.unwrap()["createNote"]["note"]["id"].clone()
}

#[tokio::test]
async fn a_user_sees_and_writes_their_own_rows_alone() {
    let clients = graphql_project().await;
    let (alice, bob) = (
        clients.get(new_user()).unwrap(),
        clients.get(new_user()).unwrap(),
    );
    let id = write(&alice, "milk").await;
    assert_eq!(
        notes(&alice).await,
        json!([{ "owner": alice.user_id(), "body": "milk" }])
    );
    assert_eq!(notes(&bob).await, json!([]));

    let by_id = "query($id: BigInt!) { noteById(id: $id) { body } }";
    let seen = bob.graphql(by_id, json!({ "id": id })).await.unwrap();
    assert_eq!(seen["noteById"], Value::Null);
    let delete = "mutation($id: BigInt!) { deleteNoteById(input: { id: $id }) { note { id } } }";
    of_graphql(bob.graphql(delete, json!({ "id": id })).await);
    assert_eq!(notes(&alice).await.as_array().unwrap().len(), 1);

    let note = json!({ "note": { "body": "forged", "owner": alice.user_id() } });
    let error = of_graphql(bob.graphql(CREATE, note).await);
    assert!(error.is_denied(), "{error}");
    assert_eq!((error.status(), error.code()), (200, Some("42501")));
    assert_eq!(Error::from(error).public().status(), 403);
    assert_eq!(notes(&alice).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn policies_see_the_claims_of_the_token() {
    let clients = graphql_project().await;
    let all = "{ allDocuments { nodes { tenantId } } }";
    let acme = clients
        .user(new_user())
        .claim("tenant_id", "acme")
        .client()
        .unwrap();
    let seen = acme.graphql(all, ()).await.unwrap();
    let tenants = seen["allDocuments"]["nodes"].as_array().unwrap();
    assert!(!tenants.is_empty() && tenants.iter().all(|row| row["tenantId"] == "acme"));
    let none = clients
        .get(new_user())
        .unwrap()
        .graphql(all, ())
        .await
        .unwrap();
    assert_eq!(none["allDocuments"]["nodes"], json!([]));
}

#[tokio::test]
async fn an_anonymous_client_asks_in_the_role_anon() {
    let anonymous = graphql_project().await.anonymous().unwrap();
    assert_eq!(
        anonymous.graphql("{ add(a: 1, b: 2) }", ()).await.unwrap()["add"],
        3
    );
    let alice = graphql_project().await.get(new_user()).unwrap();
    write(&alice, "milk").await;
    let seen = anonymous.graphql(ALL, ()).await.unwrap();
    assert_eq!(seen["allNotes"]["nodes"], json!([]));
    let note = json!({ "note": { "body": "forged", "owner": alice.user_id() } });
    let error = of_graphql(anonymous.graphql(CREATE, note).await);
    assert!(error.is_denied(), "{error}");
}

#[tokio::test]
async fn fifty_users_at_once_each_see_their_own_rows() {
    let clients = graphql_project().await;
    let users = (0..50).map(|_| {
        let client = clients.get(new_user()).unwrap();
        async move {
            write(&client, client.user_id().as_str()).await;
            let own = json!([{ "owner": client.user_id(), "body": client.user_id() }]);
            assert_eq!(notes(&client).await, own);
        }
    });
    futures_util::future::join_all(users).await;
}

#[tokio::test]
async fn an_operation_is_sent_with_the_token_that_is_live_when_it_is_sent() {
    let clock = ManualClock::real();
    // The first token has expired for the server before anything is sent.
    clock.jump_back(Duration::from_hours(2));
    let clients = project(config(&graphql_server().await.url()).clock(clock.clone()));
    let alice = clients
        .user(new_user())
        .expires_in(Duration::from_mins(5))
        .client()
        .unwrap();
    let operation = alice.graphql(ALL, ());
    let error = of_graphql(operation.clone().await);
    assert!(error.is_expired_token(), "{error}");
    assert_eq!(
        error.to_string(),
        "graphql answered 401 (PGRST303): JWT expired"
    );
    clock.pass(Duration::from_hours(2));
    operation.await.unwrap();
}
