use scoped_runtime::scoped_claims;

#[scoped_claims(crat = scoped_runtime)]
struct Tenant {
    plan: String,
}

#[scoped_claims(role = "reporting", crate = scoped_runtime, crate = scoped_runtime)]
struct Report {
    plan: String,
}

fn main() {}
