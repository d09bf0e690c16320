use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/literal_that_one_of_excludes.sql")]
struct Tenant {
    #[claim(one_of("free", "pro"))]
    plan: String,
}

fn main() {}
