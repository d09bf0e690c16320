use scoped_runtime::{Error, ScopedClient, impersonate};

struct Job {
    number: u64,
}

#[impersonate(user = id, actor = job.number)]
async fn run(id: String, job: Job, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (id, job, db);
    Ok(())
}

fn main() {}
