//! A claim exists when its field exists.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Tenant {
    plan: String,
    #[cfg(any())]
    never: NoSuchType,
    #[cfg(all())]
    #[cfg(not(any()))]
    #[claim(rename = "places")]
    always: Option<u32>,
    /// One name, one field at a time.
    #[cfg(any())]
    size: u8,
    #[cfg(not(any()))]
    #[cfg_attr(all(), allow(dead_code))]
    size: u16,
}

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

pub(crate) fn main() {
    let tenant = Tenant { plan: "free".to_owned(), always: Some(1), size: 300 };
    let written = serde_json::to_value(&tenant).unwrap();
    assert_eq!(written, json!({ "plan": "free", "places": 1, "size": 300 }));
    assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), tenant);
    assert_eq!(names::<Tenant>(), ["plan", "places", "size"]);
}
