use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(rename = "subscription")]
    #[serde(rename = "tier")]
    plan: String,
}

fn main() {}
