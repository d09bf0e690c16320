use scoped_runtime::scoped_claims;

#[scoped_claims(expires_in = "15")]
struct Tenant {
    plan: String,
}

#[scoped_claims(expires_in = 900)]
struct Number {
    plan: String,
}

fn main() {}
