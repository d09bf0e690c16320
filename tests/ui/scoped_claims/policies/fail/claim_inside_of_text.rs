use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/claim_inside_of_text.sql")]
struct Tenant {
    plan: String,
}

fn main() {}
