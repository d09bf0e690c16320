use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(rename = "subscription")]
    #[serde(skip)]
    plan: String,
}

fn main() {}
