use scoped_runtime::scoped_claims;

#[scoped_claims]
#[serde(rename_all = "camelcase")]
struct Tenant {
    #[serde(skip_serializing_if = "a b")]
    plan: String,
    #[serde(skip = true)]
    seats: u32,
    #[serde(rename(serialise = "country"))]
    region: String,
    #[serde(with = path::to)]
    since: u64,
    #[serde]
    until: u64,
}

#[scoped_claims]
#[serde(rename_all = "Title Case")]
struct Other {
    plan: String,
}

fn main() {}
