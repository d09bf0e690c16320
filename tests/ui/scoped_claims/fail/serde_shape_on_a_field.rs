use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    plan: String,
    #[serde(flatten)]
    rest: Vec<String>,
    #[serde(getter = "Tenant::seats")]
    seats: u32,
    #[serde(renamed = "country")]
    region: String,
}

fn main() {}
