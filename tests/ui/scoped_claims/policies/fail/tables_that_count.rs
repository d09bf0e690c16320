use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql", tables = ["app.*"]))]
struct Tenant {
    partner_id: String,
}

fn main() {}
