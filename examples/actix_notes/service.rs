//! Routes for the notes of the caller, who has signed in at the project's Auth.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Data, Json, Path, Query, ServiceConfig, delete, get, patch, post, scope};
use actix_web::{HttpResponse, HttpResponseBuilder};
use scoped_runtime::{
    Caller, Error, Forwarded, RequireCaller, ScopedClient, ScopedClients, impersonate,
};

use crate::notes::{Answer, Auth, Credentials, Draft, Note, Staff, Ticket};

/// The routes of the service.
pub fn app(config: &mut ServiceConfig, clients: &ScopedClients, auth: &Auth) {
    let signed_in = scope("")
        .wrap(RequireCaller::new(clients).require_permanent())
        .route("/notes", get().to(list))
        .route("/notes", post().to(add))
        .route("/notes/{id}", patch().to(change))
        .route("/notes/{id}", delete().to(remove))
        .route("/support/{user}/notes", get().to(support));
    config
        .app_data(Data::new(clients.clone()))
        .app_data(Data::new(auth.clone()))
        .route("/sign-up", post().to(sign_up))
        .route("/sign-in", post().to(sign_in))
        .service(signed_in);
}

async fn sign_up(auth: Data<Auth>, user: Json<Credentials>) -> HttpResponse {
    relayed(auth.sign_up(&user).await)
}

async fn sign_in(auth: Data<Auth>, user: Json<Credentials>) -> HttpResponse {
    relayed(auth.sign_in(&user).await)
}

async fn list(Forwarded(db): Forwarded) -> Result<Json<Vec<Note>>, Error> {
    notes(&db).await.map(Json)
}

async fn add(Forwarded(db): Forwarded, draft: Json<Draft>) -> Result<HttpResponse, Error> {
    let note = db.from("notes").insert(&*draft);
    let note: Note = note.fetch_one().await?;
    Ok(HttpResponse::Created().json(note))
}

/// The caller cannot see a note of another user, so the response is a 404.
async fn change(
    Forwarded(db): Forwarded,
    id: Path<String>,
    draft: Json<Draft>,
) -> Result<Json<Note>, Error> {
    let note = db.from("notes").update(&*draft).eq("id", id.as_str());
    Ok(Json(note.fetch_one().await?))
}

async fn remove(Forwarded(db): Forwarded, id: Path<String>) -> Result<Json<Note>, Error> {
    let note = db.from("notes").delete().eq("id", id.as_str());
    Ok(Json(note.fetch_one().await?))
}

/// Support reads the notes of a user as that user. The audit records it before a request is sent, and the
/// token names the caller in its `act` claim. A caller outside of support gets a 403.
#[impersonate(user = *user, actor = agent, reason = why.ticket, expires_in = "1m", via = clients)]
async fn support(
    clients: Data<ScopedClients>,
    agent: Caller<Staff>,
    user: Path<String>,
    why: Query<Ticket>,
    #[scoped] db: ScopedClient,
) -> Result<Json<Vec<Note>>, Error> {
    notes(&db).await.map(Json)
}

/// The query needs no filter: the policies return only the user's own rows.
async fn notes(db: &ScopedClient) -> Result<Vec<Note>, Error> {
    db.from("notes").select("*").order("id").fetch().await
}

fn relayed(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponseBuilder::new(status);
    response.content_type("application/json");
    if let Some(seconds) = answer.retry_after {
        response.insert_header((RETRY_AFTER, seconds));
    }
    response.body(answer.json)
}
