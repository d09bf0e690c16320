use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/cast_to_boolean.sql")]
struct Tenant {
    #[claim(one_of("free", "pro"))]
    plan: String,
}

fn main() {}
