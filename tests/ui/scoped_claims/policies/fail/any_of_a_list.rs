use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/any_of_a_list.sql")]
struct Tenant {
    roles: Vec<String>,
}

fn main() {}
