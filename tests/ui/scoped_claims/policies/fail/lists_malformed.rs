use scoped_runtime::scoped_claims;

#[scoped_claims(policies(
    "sql/two_tables.sql",
    sql,
    deny = "tenant",
    allow = [tenant, 5],
    warn = [],
    table = ["documents"],
    tables = ["documents"],
    tables = ["app.reports"],
))]
struct Tenant {
    tenant: String,
}

fn main() {}
