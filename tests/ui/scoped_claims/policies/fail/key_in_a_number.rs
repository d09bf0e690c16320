use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/key_in_a_number.sql")]
struct Tenant {
    level: u32,
}

fn main() {}
