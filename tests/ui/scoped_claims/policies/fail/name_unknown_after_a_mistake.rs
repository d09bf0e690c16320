use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/missing_claim.sql")]
struct Tenant {
    #[claim(renam = "tenant")]
    tenant_id: String,
}

fn main() {}
