use scoped_runtime::{Error, ScopedClient, impersonate};

struct App {
    clients: String,
}

#[impersonate(user = id, via = app.clients)]
async fn run(app: &App, id: String, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (app, id, db);
    Ok(())
}

fn main() {}
