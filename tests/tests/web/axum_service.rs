use axum::extract::{FromRef, Request, State};
use axum::middleware::map_request;
use axum::routing::get;
use axum::{Json, Router};
use scoped_runtime::{
    Caller, Error, Forwarded, Minted, OptionalCaller, RequireCaller, ScopedClient, ScopedClients,
};
use serde_json::{Value, json};

use crate::web::world::Tenant;

/// The project is a part of the application state, as in most services.
#[derive(Clone, FromRef)]
struct App {
    clients: ScopedClients,
}

type Answer = Result<Json<Value>, Error>;

pub(crate) fn app(clients: &ScopedClients) -> Router {
    let require = RequireCaller::new(clients);
    let strict = require.clone().require_aal2().require_permanent();
    let reporting = require.clone().require_role("reporting");
    Router::new()
        .route("/caller", get(caller))
        .route("/optional", get(optional))
        .route("/anyone", get(anyone))
        .route("/tenant", get(tenant))
        .route("/minted", get(minted))
        .route("/forwarded", get(forwarded))
        .route("/row", get(row))
        .route("/several", get(several))
        .route("/layer", get(several).layer(require))
        .route(
            "/replaced",
            get(caller).layer((RequireCaller::new(clients), map_request(replace))),
        )
        .route("/strict", get(caller).layer(strict))
        .route("/reporting", get(caller).layer(reporting))
        .with_state(App {
            clients: clients.clone(),
        })
}

/// A middleware that replaces the `Authorization` header after the caller was verified.
async fn replace(mut request: Request) -> Request {
    let other = request.headers_mut().remove("x-replace").unwrap();
    request.headers_mut().insert("authorization", other);
    request
}

async fn caller(caller: Caller) -> Json<Value> {
    Json(json!({ "sub": caller.user_id().as_str() }))
}

async fn optional(OptionalCaller(caller): OptionalCaller) -> Json<Value> {
    Json(json!({ "sub": caller.map(|it| it.user_id().to_string()) }))
}

/// Returns rows with the token of the caller, or as `anon`.
async fn anyone(caller: OptionalCaller, State(clients): State<ScopedClients>) -> Answer {
    let rows: Vec<Value> = caller
        .forward_token(&clients)?
        .from("posts")
        .fetch()
        .await?;
    Ok(Json(rows.into()))
}

async fn tenant(caller: Caller<Tenant>) -> Json<Value> {
    Json(json!({ "organisation": caller.claims().organisation }))
}

async fn rows(client: ScopedClient) -> Answer {
    let rows: Vec<Value> = client.from("notes").select("*").fetch().await?;
    Ok(Json(rows.into()))
}

async fn minted(Minted(client): Minted) -> Answer {
    rows(client).await
}

async fn forwarded(Forwarded(client): Forwarded) -> Answer {
    rows(client).await
}

async fn row(Minted(client): Minted) -> Answer {
    Ok(Json(client.from("notes").fetch_one().await?))
}

async fn several(first: Caller, second: OptionalCaller, third: Caller) -> Json<Value> {
    let second = second.0.unwrap();
    assert_eq!(first.user_id(), second.user_id());
    caller(third).await
}
