use scoped_runtime::scoped_claims;

#[scoped_claims(role = "service_role")]
struct Tenant {
    plan: String,
}

#[scoped_claims(role = authenticated)]
struct Unquoted {
    plan: String,
}

fn main() {}
