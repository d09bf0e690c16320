use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Organization {
    plan: String,
    paid: bool,
}

#[scoped_claims(policies = "sql/struct_in_a_struct.sql")]
struct Tenant {
    organization: Option<Box<Organization>>,
}

fn main() {}
