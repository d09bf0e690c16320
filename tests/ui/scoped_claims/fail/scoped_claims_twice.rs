use scoped_runtime::scoped_claims;

#[scoped_claims]
#[scoped_claims]
struct Tenant {
    plan: String,
}

fn main() {}
