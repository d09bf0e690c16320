//! A struct that derives `Serialize` itself keeps its own, and its own serde.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

mod my {
    pub use scoped_runtime::__private::serde;
}

#[scoped_claims]
#[derive(Debug, my::serde::Serialize, my::serde::Deserialize, PartialEq)]
#[serde(crate = "my::serde", rename_all = "camelCase")]
struct Tenant {
    tenant_id: String,
    #[claim(rename = "places")]
    seats: Option<u32>,
}

/// Says where serde is, but does not derive it.
#[scoped_claims]
#[serde(crate = "my::serde")]
struct Named {
    plan: String,
}

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

pub(crate) fn main() {
    let tenant = Tenant { tenant_id: "acme".to_owned(), seats: None };
    let written = serde_json::to_value(&tenant).unwrap();
    assert_eq!(written, json!({ "tenantId": "acme" }));
    assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), tenant);
    assert_eq!(names::<Tenant>(), ["tenantId", "places"]);

    let named = Named { plan: "free".to_owned() };
    assert_eq!(serde_json::to_value(named).unwrap(), json!({ "plan": "free" }));
    assert_eq!(names::<Named>(), ["plan"]);
}
