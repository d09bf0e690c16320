use scoped_runtime::ScopedClaims;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, ScopedClaims)]
#[claims(under = "app_metadata")]
struct Tenant {
    #[claim(rename = "subscription")]
    plan: String,
    #[claim(under = "app_metadata")]
    seats: u32,
    #[claim(default)]
    region: String,
    #[claim(skip)]
    cache: String,
}

#[derive(Serialize, Deserialize, ScopedClaims)]
struct Reserved {
    sub: String,
    #[serde(rename = "role")]
    tenant_role: String,
    rate: f64,
}

fn main() {
    let _ = Tenant::CLAIMS;
}
