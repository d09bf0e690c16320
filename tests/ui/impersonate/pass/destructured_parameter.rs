#![deny(warnings)]
use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate};

struct Job {
    user: (String, u32),
    name: String,
}

#[impersonate(user = id, via = clients)]
async fn run(
    clients: &ScopedClients,
    Job { user: (id, _), name }: Job,
    [first, ..]: [u8; 3],
    #[scoped] db: ScopedClient,
) -> Result<String, Error> {
    drop(db);
    Ok(format!("{id} {name} {first}"))
}

pub(crate) fn main() {
    let job = Job { user: (String::new(), 1), name: String::new() };
    let _ = (run, job.user.1);
}
