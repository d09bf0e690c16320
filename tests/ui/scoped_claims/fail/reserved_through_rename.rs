use scoped_runtime::scoped_claims;

#[scoped_claims]
struct Tenant {
    #[claim(rename = "role")]
    tenant_role: String,
    #[serde(rename = "exp")]
    expiry: u64,
    #[serde(rename(serialize = "aud", deserialize = "audience"))]
    audience: String,
}

fn main() {}
