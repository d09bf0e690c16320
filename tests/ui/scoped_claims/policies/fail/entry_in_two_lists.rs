use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql", deny = ["tenant"], warn = ["partner"], allow = ["tenant", "partner"]))]
struct Tenant {
    tenant_id: String,
}

fn main() {}
