#![deny(warnings)]
use actix_web::web::{Data, Json, Path};
use actix_web::{App, ResponseError, get, post, web};
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

#[derive(Debug)]
struct Failure(Error);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

#[impersonate(user = *user, via = clients)]
#[get("/{user}")]
async fn above(clients: Data<ScopedClients>, user: Path<String>, #[scoped] db: ScopedClient) -> Result<Json<Vec<String>>, Failure> {
    Ok(Json(db.from("notes").fetch().await?))
}

#[post("/{user}")]
#[impersonate(user = *user, via = clients)]
async fn below(clients: Data<ScopedClients>, user: Path<String>, body: String, #[scoped] db: ScopedClient) -> Result<String, Failure> {
    let answer = db.from("notes").insert(body).execute().await?;
    Ok(answer.text().into_owned())
}

#[impersonate(user = user.as_str(), via = clients)]
async fn routed(clients: Data<ScopedClients>, user: web::Path<String>, #[scoped] db: ScopedClient) -> Result<String, Failure> {
    Ok(format!("{user} {db:?}"))
}

pub(crate) fn main() {
    let _ = || App::new().service(above).service(below).route("/", web::get().to(routed));
}
