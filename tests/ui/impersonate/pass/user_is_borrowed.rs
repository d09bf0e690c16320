#![deny(warnings)]
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

struct Job {
    user_id: String,
    title: String,
}

async fn later(job: Job) -> String {
    job.user_id + &job.title
}

#[impersonate(user = job.user_id, via = clients)]
async fn field(clients: ScopedClients, job: Job, #[scoped] db: ScopedClient) -> Result<String, Error> {
    drop((clients, db));
    Ok(later(job).await)
}

#[impersonate(user = ids.lock().unwrap()[0], via = clients)]
async fn guarded(
    clients: &ScopedClients,
    ids: &std::sync::Mutex<Vec<String>>,
    #[scoped] db: ScopedClient,
) -> Result<usize, Error> {
    // The guard is gone by now, so this cannot lock twice.
    let _ = later(Job { user_id: db.user_id().to_string(), title: String::new() }).await;
    Ok(ids.lock().map_or(0, |ids| ids.len()))
}

fn is_send<T: Send>(_: impl Fn(&'static ScopedClients, &'static std::sync::Mutex<Vec<String>>) -> T) {}

pub(crate) fn main() {
    is_send(guarded);
    let _ = field;
}
