//! The example queue.

use std::collections::HashMap;

use scoped_runtime::{ScopedClients, UserId};
use scoped_tests::Target;

use super::project::new_user;
use scoped_examples::queue::{self, Job};

const USERS: usize = 40;
const JOBS_EACH: usize = 3;

#[tokio::test]
async fn every_job_of_forty_users_sees_the_rows_of_its_own_user() {
    let target = Target::from_env_or_local().await.unwrap();
    let clients = ScopedClients::new(target.config_builder().build().unwrap()).unwrap();
    let users: Vec<UserId> = (0..USERS).map(|_| new_user().parse().unwrap()).collect();
    let jobs = (0..JOBS_EACH).flat_map(|round| {
        users.iter().map(move |user_id| Job {
            user_id: user_id.clone(),
            body: format!("job {round}"),
        })
    });
    let done = queue::work(&clients, jobs.collect(), USERS).await.unwrap();

    let mut most: HashMap<&UserId, usize> = HashMap::new();
    for job in &done {
        let own = job
            .seen
            .iter()
            .filter(|owner| *owner == job.user_id.as_str())
            .count();
        assert_eq!(own, job.seen.len(), "a job saw rows of another user");
        let most = most.entry(&job.user_id).or_default();
        *most = own.max(*most);
    }
    // The last job of each user saw the rows of all their jobs.
    let all = users.iter().map(|user| (user, JOBS_EACH)).collect();
    assert_eq!((done.len(), most), (USERS * JOBS_EACH, all));
}
