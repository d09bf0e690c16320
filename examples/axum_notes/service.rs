//! Routes for the notes of the caller, who has signed in at the project's Auth.

use axum::extract::{FromRef, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use scoped_runtime::{
    Caller, Error, Forwarded, RequireCaller, ScopedClient, ScopedClients, impersonate,
};

use crate::notes::{Answer, Auth, Credentials, Draft, Note, Staff, Ticket};

#[derive(Clone, FromRef)]
struct App {
    clients: ScopedClients,
    auth: Auth,
}

/// The routes of the service.
pub fn app(clients: ScopedClients, auth: Auth) -> Router {
    let signed_in = Router::new()
        .route("/notes", get(list).post(add))
        .route("/notes/{id}", patch(change).delete(remove))
        .route("/support/{user}/notes", get(support))
        .route_layer(RequireCaller::new(&clients).require_permanent());
    Router::new()
        .route("/sign-up", post(sign_up))
        .route("/sign-in", post(sign_in))
        .merge(signed_in)
        .with_state(App { clients, auth })
}

async fn sign_up(State(auth): State<Auth>, Json(user): Json<Credentials>) -> Response {
    relayed(auth.sign_up(&user).await)
}

async fn sign_in(State(auth): State<Auth>, Json(user): Json<Credentials>) -> Response {
    relayed(auth.sign_in(&user).await)
}

async fn list(Forwarded(db): Forwarded) -> Result<Json<Vec<Note>>, Error> {
    notes(&db).await.map(Json)
}

async fn add(
    Forwarded(db): Forwarded,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Json<Note>), Error> {
    let note = db.from("notes").insert(&draft);
    Ok((StatusCode::CREATED, Json(note.fetch_one().await?)))
}

/// The caller cannot see a note of another user, so the response is a 404.
async fn change(
    Forwarded(db): Forwarded,
    Path(id): Path<String>,
    Json(draft): Json<Draft>,
) -> Result<Json<Note>, Error> {
    let note = db.from("notes").update(&draft).eq("id", id);
    Ok(Json(note.fetch_one().await?))
}

async fn remove(Forwarded(db): Forwarded, Path(id): Path<String>) -> Result<Json<Note>, Error> {
    let note = db.from("notes").delete().eq("id", id);
    Ok(Json(note.fetch_one().await?))
}

/// Support reads the notes of a user as that user. The audit records it before a request is sent, and the
/// token names the caller in its `act` claim. A caller outside of support gets a 403.
#[impersonate(user = user, actor = agent, reason = ticket, expires_in = "1m", via = app.clients)]
async fn support(
    State(app): State<App>,
    agent: Caller<Staff>,
    Path(user): Path<String>,
    Query(Ticket { ticket }): Query<Ticket>,
    #[scoped] db: ScopedClient,
) -> Result<Json<Vec<Note>>, Error> {
    notes(&db).await.map(Json)
}

/// The query needs no filter: the policies return only the user's own rows.
async fn notes(db: &ScopedClient) -> Result<Vec<Note>, Error> {
    db.from("notes").select("*").order("id").fetch().await
}

fn relayed(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let json = [(CONTENT_TYPE, "application/json")];
    let mut response = (status, json, answer.json).into_response();
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
