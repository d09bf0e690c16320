use scoped_runtime::scoped_claims;

#[scoped_claims(crate = "scoped_runtime")]
struct Tenant {
    plan: String,
}

#[scoped_claims(crate)]
struct Report {
    plan: String,
}

fn main() {}
