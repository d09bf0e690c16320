use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/missing_claim_in_an_object.sql")]
struct Tenant {
    #[claim(under = "app_metadata")]
    organisation: String,
}

fn main() {}
