use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/user_metadata.sql")]
struct Tenant {
    tenant_id: String,
}

fn main() {}
