use scoped_runtime::scoped_claims;
use serde::{Deserialize, Serialize};

#[scoped_claims(under = "app_metadata")]
#[derive(Clone, Serialize, Deserialize)]
struct Tenant {
    plan: String,
}

#[scoped_claims]
#[serde(deny_unknown_fields, bound = "")]
struct Strict {
    #[claim(under = "app_metadata")]
    plan: String,
}

#[scoped_claims]
#[derive(Deserialize)]
struct Default {
    #[claim(default = "free")]
    plan: String,
}

fn main() {}
