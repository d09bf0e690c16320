use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/ten_at_once.sql")]
struct Tenant {
    tenant_id: String,
    #[claim(one_of("free", "pro"))]
    plan: String,
    roles: Vec<String>,
    paid: bool,
    level: u32,
    organization: Organization,
}

fn main() {}
