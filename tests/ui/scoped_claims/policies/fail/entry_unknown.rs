use scoped_runtime::scoped_claims;

#[scoped_claims(policies("sql/two_tables.sql", allow = ["tennant", "mising", "x"], deny = ["unreadd"]))]
struct Tenant {
    tenant: String,
    partner: String,
}

fn main() {}
