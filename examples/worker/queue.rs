//! A queue of jobs of many users, worked through by a few tasks.

use std::sync::Arc;

use scoped_runtime::{Error, ScopedClient, ScopedClients, UserId, impersonate};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// Work to be done as its user.
pub struct Job {
    /// The user whose job it is.
    pub user_id: UserId,
    /// The text of the note that the job writes.
    pub body: String,
}

/// What a job leaves behind.
pub struct Done {
    /// The user whose job it was.
    pub user_id: UserId,
    /// The owners of the rows that the job saw after its own was in.
    pub seen: Vec<String>,
}

#[derive(Deserialize)]
struct Note {
    owner: String,
}

/// Works through the jobs, `workers` at a time; the first error ends it.
///
/// # Errors
/// What the first job that failed says.
pub async fn work(
    clients: &ScopedClients,
    jobs: Vec<Job>,
    workers: usize,
) -> Result<Vec<Done>, Error> {
    // As a broker would: a worker that is free takes the next job, of any user.
    let (queue, next) = mpsc::unbounded_channel();
    for job in jobs {
        // The receiver is here, so this cannot fail.
        let _ = queue.send(job);
    }
    drop(queue);
    let next = Arc::new(Mutex::new(next));

    let mut tasks: JoinSet<Result<_, Error>> = JoinSet::new();
    for _ in 0..workers {
        let (clients, next) = (clients.clone(), Arc::clone(&next));
        tasks.spawn(async move {
            let mut done = Vec::new();
            loop {
                let job = next.lock().await.recv().await;
                match job {
                    Some(job) => done.push(run(&clients, job).await?),
                    None => return Ok(done),
                }
            }
        });
    }
    let mut done = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(worked) => done.extend(worked?),
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    Ok(done)
}

/// `db` is made for the job's user. The next job of this worker has another one.
#[impersonate(user = job.user_id, expires_in = "15m", via = clients)]
async fn run(clients: &ScopedClients, job: Job, #[scoped] db: ScopedClient) -> Result<Done, Error> {
    let note = db.from("notes").insert(json!({ "body": job.body }));
    note.execute().await?;
    let notes: Vec<Note> = db.from("notes").select("owner").fetch().await?;
    Ok(Done {
        user_id: job.user_id,
        seen: notes.into_iter().map(|note| note.owner).collect(),
    })
}
