#![deny(deprecated)]
#![allow(dead_code)]

use scoped_runtime::scoped_claims;

#[scoped_claims(policies = "sql/warning_of_some_values.sql")]
struct Tenant {
    #[claim(one_of("free", "pro"))]
    plan: String,
}

fn main() {}
