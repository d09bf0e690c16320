use scoped_runtime::scoped_claims;

#[scoped_claims(policies(allow = ["tenant"]))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
