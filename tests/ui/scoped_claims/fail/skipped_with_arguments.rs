use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(skip, rename = "tier")]
    plan: String,
    #[claim(non_empty, skip)]
    region: String,
    #[claim(skip)]
    #[serde(skip)]
    cache: String,
    #[claim(default)]
    #[serde(default)]
    seats: u32,
}

fn main() {}
