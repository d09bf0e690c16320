//! A claim whose values only serde knows.

use scoped_runtime::__private::serde;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(crate = "scoped_runtime::__private::serde", rename_all = "lowercase")]
pub enum Plan {
    Free,
    Pro,
}

#[scoped_runtime::scoped_claims(policies = "migrations")]
pub struct Tenant {
    pub plan: Option<Plan>,
}
