use scoped_runtime::scoped_claims;

#[scoped_claims(under = "act")]
struct Actor {
    plan: String,
}

#[scoped_claims]
struct Tenant {
    #[claim(under = "sub")]
    plan: String,
    #[claim(under = "")]
    seats: u32,
}

/// Not at the top level, so it is nobody else's.
#[scoped_claims(under = "app_metadata")]
struct Fine {
    role: String,
}

fn main() {}
