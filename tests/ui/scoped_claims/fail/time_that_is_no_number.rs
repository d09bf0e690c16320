use std::time::{Duration, SystemTime};

use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    since: SystemTime,
    rest: Option<Duration>,
}

fn main() {}
