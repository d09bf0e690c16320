//! Functions that act as several users, or on a thread: the policies see the right user each time.

use scoped_runtime::{
    Error, ScopedClient, ScopedClients, UserId, blocking, impersonate, scoped_claims,
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Note, api, clients, new_user, notes, write};

/// Hands over a note: only its owner can delete it, and only the receiver can insert it.
#[impersonate(via = clients, expires_in = "5m", actor = "transfer", reason = "a test")]
async fn hand_over(
    clients: &ScopedClients,
    note: &Note,
    from: &UserId,
    to: &UserId,
    #[scoped(user = from)] sender: ScopedClient,
    #[scoped(user = to)] receiver: ScopedClient,
) -> Result<Option<Note>, Error> {
    let id = note.id.to_string();
    let hidden = receiver.from("notes").eq("id", &id).fetch::<Note>().await?;
    assert_eq!(hidden, [], "the receiver does not see the note yet");
    let delete = sender.from("notes").delete().eq("id", &id);
    let Some(taken) = delete.fetch_optional::<Note>().await? else {
        return Ok(None);
    };
    let insert = receiver.from("notes").insert(json!({"body": taken.body}));
    let copy: Note = insert.fetch_one().await?;
    let foreign = sender.from("notes").eq("id", copy.id.to_string());
    assert_eq!(
        foreign.fetch::<Note>().await?,
        [],
        "the sender no longer sees the note"
    );
    Ok(Some(copy))
}

#[tokio::test]
async fn two_users_in_one_function_hand_over_a_row_that_only_its_owner_sees() {
    let clients = clients().await;
    let (alice, bob) = (
        clients.get(new_user()).unwrap(),
        clients.get(new_user()).unwrap(),
    );
    let note = write(&alice, "an heirloom").await;

    let copy = hand_over(&clients, &note, alice.user_id(), bob.user_id());
    let copy = copy.await.unwrap().unwrap();
    assert_eq!(
        (&*copy.owner, &*copy.body),
        (bob.user_id().as_str(), "an heirloom")
    );
    assert_eq!(notes(&alice).await, []);
    assert_eq!(notes(&bob).await, std::slice::from_ref(&copy));

    // A user who does not own the note cannot hand it over.
    let stolen = hand_over(&clients, &copy, alice.user_id(), alice.user_id());
    assert_eq!(stolen.await.unwrap(), None);
    assert_eq!(notes(&bob).await, [copy]);
}

#[scoped_claims(policies = "server/supabase/migrations")]
struct Member {
    tenant_id: String,
}

#[derive(Deserialize)]
struct Document {
    tenant_id: String,
}

/// A blocking job.
#[impersonate(user = user, claims = Member { tenant_id: tenant.to_owned() }, via = clients)]
fn tenants(
    clients: &blocking::ScopedClients,
    user: Uuid,
    tenant: &str,
    #[scoped] db: blocking::ScopedClient<Member>,
) -> Result<Vec<String>, Error> {
    let planted = json!({"tenant_id": "globex", "title": "planted"});
    if tenant != "globex" {
        let error = api(db.from("documents").insert(planted).execute());
        assert!(error.is_rls_denied(), "{error}");
    }
    let documents: Vec<Document> = db.from("documents").select("tenant_id").fetch()?;
    let mut tenants: Vec<_> = documents.into_iter().map(|it| it.tenant_id).collect();
    tenants.dedup();
    Ok(tenants)
}

#[test]
fn a_job_on_a_thread_sees_only_the_tenant_of_its_user() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let clients = blocking::ScopedClients::from(runtime.block_on(clients()));
    let user = new_user();
    assert_eq!(tenants(&clients, user, "acme").unwrap(), ["acme"]);
    assert_eq!(tenants(&clients, user, "globex").unwrap(), ["globex"]);
    assert!(tenants(&clients, user, "nobody").unwrap().is_empty());

    let inside = runtime.block_on(async { tenants(&clients, user, "globex") });
    let message = inside.unwrap_err().to_string();
    assert!(
        message.contains("cannot wait in an async runtime"),
        "{message}"
    );
}
