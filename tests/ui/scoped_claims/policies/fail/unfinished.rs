use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql" allow))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
