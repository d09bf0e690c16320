use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/cast_to_uuid.sql")]
struct Tenant {
    paid: bool,
}

fn main() {}
