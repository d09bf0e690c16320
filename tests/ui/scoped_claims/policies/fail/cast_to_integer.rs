use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/cast_to_integer.sql")]
struct Tenant {
    roles: Vec<String>,
}

fn main() {}
