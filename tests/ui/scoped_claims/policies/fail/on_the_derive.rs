use scoped_runtime::ScopedClaims;

#[derive(serde::Serialize, ScopedClaims)]
#[claims(policies("sql/missing_claim.sql", allow = ["tennant"]))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
