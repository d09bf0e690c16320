use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/contained_in_text.sql")]
struct Tenant {
    plan: String,
}

fn main() {}
