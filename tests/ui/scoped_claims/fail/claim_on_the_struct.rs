use scoped_runtime::scoped_claims;

#[scoped_claims]
#[claim(rename = "tenant")]
struct Tenant {
    plan: String,
}

fn main() {}
