//! A queue of jobs of many users, which a few tasks process.

use std::sync::Arc;

use scoped_runtime::{Error, ScopedClient, ScopedClients, UserId, impersonate};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// A job to run as its user.
pub struct Job {
    /// The user that the job runs as.
    pub user_id: UserId,
    /// The text of the note that the job writes.
    pub body: String,
}

/// The result of a job.
pub struct Done {
    /// The user that the job ran as.
    pub user_id: UserId,
    /// The owners of all rows that the job saw after it had written its own.
    pub seen: Vec<String>,
}

#[derive(Deserialize)]
struct Note {
    owner: String,
}

/// Runs the jobs, `workers` at a time, and stops at the first error.
///
/// # Errors
/// Returns the error of the first job that failed.
pub async fn work(
    clients: &ScopedClients,
    jobs: Vec<Job>,
    workers: usize,
) -> Result<Vec<Done>, Error> {
    // As with a broker, each free worker takes the next job, of any user.
    let (queue, next) = mpsc::unbounded_channel();
    for job in jobs {
        // The receiver is still alive here, so sending cannot fail.
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

/// The attribute makes `db` for the user of the job. The next job of this worker gets another client.
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
