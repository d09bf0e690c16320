use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(rename = "")]
    plan: String,
}

fn main() {}
