use scoped_runtime::scoped_claims;

#[scoped_claims(max_bytes = 1)]
struct Tenant {
    plan: String,
}

#[scoped_claims(max_bytes = "4k")]
struct Text {
    plan: String,
}

#[scoped_claims(max_bytes = -4)]
struct Negative {
    plan: String,
}

fn main() {}
