use scoped_runtime::scoped_claims;

#[scoped_claims(policies = migrations)]
struct Tenant {
    tenant_id: String,
}

fn main() {}
