use scoped_runtime::{Error, ScopedClient, impersonate};

struct Job {
    number: u64,
}

#[impersonate(user = job.number)]
async fn run(job: Job, #[scoped] db: ScopedClient) -> Result<(), Error> {
    let _ = (job, db);
    Ok(())
}

fn main() {}
