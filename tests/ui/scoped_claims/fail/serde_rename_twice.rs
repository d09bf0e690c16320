use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[serde(rename = "subscription", rename = "tier")]
    plan: String,
    #[serde(rename(serialize = "places"))]
    #[serde(rename(serialize = "chairs"))]
    seats: u32,
    #[serde(rename(deserialize = "land"), rename(serialize = "country"))]
    region: String,
}

fn main() {}
