use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Json};
use scoped_runtime::{
    Caller, Error, Forwarded, Minted, OptionalCaller, RequireCaller, ScopedClient, ScopedClients,
};
use serde_json::{Value, json};

use crate::web::world::Tenant;

type Answer = Result<Json<Value>, Error>;

pub(crate) fn routes(config: &mut web::ServiceConfig, clients: &ScopedClients) {
    let require = RequireCaller::new(clients);
    let strict = require.clone().require_aal2().require_permanent();
    let reporting = require.clone().require_role("reporting");
    config
        .app_data(web::Data::new(clients.clone()))
        .route("/caller", web::get().to(caller))
        .route("/optional", web::get().to(optional))
        .route("/anyone", web::get().to(anyone))
        .route("/tenant", web::get().to(tenant))
        .route("/minted", web::get().to(minted))
        .route("/forwarded", web::get().to(forwarded))
        .route("/row", web::get().to(row))
        .route("/several", web::get().to(several))
        .service(web::resource("/layer").wrap(require).get(several))
        .service(
            web::resource("/replaced")
                .wrap(from_fn(replace))
                .wrap(RequireCaller::new(clients))
                .get(caller),
        )
        .service(web::resource("/strict").wrap(strict).get(caller))
        .service(web::resource("/reporting").wrap(reporting).get(caller));
}

/// A middleware that replaces the `Authorization` header after the caller was verified.
async fn replace(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let headers = request.headers_mut();
    let other = headers.get("x-replace").unwrap().clone();
    headers.insert(AUTHORIZATION, other);
    next.call(request).await
}

async fn caller(caller: Caller) -> Json<Value> {
    Json(json!({ "sub": caller.user_id().as_str() }))
}

async fn optional(caller: OptionalCaller) -> Json<Value> {
    Json(json!({ "sub": caller.0.map(|it| it.user_id().to_string()) }))
}

/// Returns rows with the token of the caller, or as `anon`.
async fn anyone(caller: OptionalCaller, clients: web::Data<ScopedClients>) -> Answer {
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

async fn minted(client: Minted) -> Answer {
    rows(client.0).await
}

async fn forwarded(client: Forwarded) -> Answer {
    rows(client.0).await
}

async fn row(client: Minted) -> Answer {
    Ok(Json(client.0.from("notes").fetch_one().await?))
}

async fn several(first: Caller, second: OptionalCaller, third: Caller) -> Json<Value> {
    let second = second.0.unwrap();
    assert_eq!(first.user_id(), second.user_id());
    caller(third).await
}
