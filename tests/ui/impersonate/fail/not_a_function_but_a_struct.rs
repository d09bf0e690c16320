use scoped_runtime::impersonate;

#[impersonate(user = id)]
/// A job.
pub struct Job {
    pub id: String,
}

fn main() {}
