use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    sub: String,
    tenant_id: String,
}

fn main() {}
