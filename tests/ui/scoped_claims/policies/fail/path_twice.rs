use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql", "sql/two_tables.sql", allow = ["missing"]))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
