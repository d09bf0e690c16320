#![deny(warnings)]
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate, scoped_claims};

#[scoped_claims]
struct Tenant {
    tenant_id: String,
}

#[derive(Clone)]
struct App {
    clients: ScopedClients,
}

struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

#[impersonate(user = user, via = app.clients)]
#[axum::debug_handler]
async fn checked(
    State(app): State<App>,
    Path(user): Path<String>,
    #[scoped] db: ScopedClient,
) -> Result<Json<Vec<String>>, Failure> {
    Ok(Json(db.from("notes").fetch().await?))
}

#[impersonate(user = user, claims = Tenant { tenant_id: tenant }, via = app.clients)]
#[axum::debug_handler(state = App)]
#[tracing::instrument(skip_all)]
async fn checked_and_traced(
    State(app): State<App>,
    Path((user, tenant)): Path<(String, String)>,
    #[scoped] db: ScopedClient<Tenant>,
    body: String,
) -> Result<impl IntoResponse, Failure> {
    let body = db.from("documents").insert(body).execute().await?;
    Ok(body.text().into_owned())
}

#[impersonate(via = app.clients)]
async fn several(
    State(app): State<App>,
    Path([from, to]): Path<[String; 2]>,
    #[scoped(user = from)] a: ScopedClient,
    #[scoped(user = to)] b: ScopedClient,
) -> Result<String, Failure> {
    a.from("notes").execute().await?;
    Ok(format!("{from} {to} {b:?}"))
}

pub(crate) fn main() {
    let _: fn(App) -> Router = |app| {
        Router::new()
            .route("/{user}", get(checked))
            .route("/{user}/{tenant}", get(checked_and_traced).post(several))
            .with_state(app)
    };
}
