use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[cfg_attr(all(), serde(rename = "tier"))]
    plan: String,
    #[cfg_attr(all(), claim(rename = "places"))]
    seats: u32,
    #[cfg_attr(all(), doc = "The region.", cfg(unix))]
    region: String,
    #[cfg_attr(all(), cfg_attr(all(), serde(alias = "user_metadata")))]
    profile: String,
}

fn main() {}
