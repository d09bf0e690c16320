use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/elements_of_text.sql")]
struct Tenant {
    roles: String,
}

fn main() {}
