use std::sync::Arc;

use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    plan: Arc<str>,
}

fn main() {}
