//! A report over several users' rows, each read under that user's own policies.

use std::panic;
use std::thread;

use scoped_runtime::blocking::{ScopedClient, ScopedClients};
use scoped_runtime::{Error, UserId, impersonate};
use serde::Deserialize;

/// One line of the report.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// The user.
    pub user_id: UserId,
    /// How many notes the user has.
    pub notes: usize,
    /// How many characters all notes of the user have together.
    pub characters: usize,
}

#[derive(Deserialize)]
struct Note {
    body: String,
}

/// Returns a line for each user, in the order of `users`, and reads the rows on the given number of
/// threads.
///
/// # Errors
/// Returns the error of the first user whose rows could not be read.
pub fn report(
    clients: &ScopedClients,
    users: &[UserId],
    threads: usize,
) -> Result<Vec<Line>, Error> {
    let share = users.len().div_ceil(threads.max(1)).max(1);
    let lines = |users: &[UserId]| -> Result<Vec<Line>, Error> {
        users.iter().map(|user_id| line(clients, user_id)).collect()
    };
    thread::scope(|scope| {
        let shares = users.chunks(share);
        let threads: Vec<_> = shares.map(|users| scope.spawn(|| lines(users))).collect();
        let mut report = Vec::with_capacity(users.len());
        for thread in threads {
            let lines = thread.join().unwrap_or_else(|it| panic::resume_unwind(it));
            report.extend(lines?);
        }
        Ok(report)
    })
}

#[impersonate(user = user_id, expires_in = "5m", via = clients)]
fn line(
    clients: &ScopedClients,
    user_id: &UserId,
    #[scoped] db: ScopedClient,
) -> Result<Line, Error> {
    // The query needs no filter: the policies return only the user's own rows.
    let notes: Vec<Note> = db.from("notes").select("body").fetch()?;
    Ok(Line {
        user_id: user_id.clone(),
        notes: notes.len(),
        characters: notes.iter().map(|note| note.body.chars().count()).sum(),
    })
}
