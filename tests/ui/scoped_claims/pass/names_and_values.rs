//! Nested structs, lists and maps are claims; the package that uses them depends on no serde.

use std::collections::{BTreeMap, HashMap};

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

/// The tenant that a user works for.
#[scoped_claims]
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    /// Documented.
    pub tenant_id: String,
    pub(crate) r#type: String,
    address: Address,
    teams: Vec<Address>,
    limits: BTreeMap<String, u32>,
    flags: HashMap<Box<str>, (bool, u8)>,
}

#[scoped_claims]
#[derive(Clone, Debug, PartialEq)]
struct Address {
    city: String,
    #[claim(rename = "country")]
    land: Option<String>,
}

#[scoped_claims]
struct Nothing {}

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

pub(crate) fn main() {
    let address = Address { city: "Bern".to_owned(), land: None };
    let tenant = Tenant {
        tenant_id: "acme".to_owned(),
        r#type: "paying".to_owned(),
        address: address.clone(),
        teams: vec![address],
        limits: BTreeMap::from([("seats".to_owned(), 3)]),
        flags: HashMap::from([("beta".into(), (true, 1))]),
    };
    let written = serde_json::to_value(&tenant).unwrap();
    assert_eq!(
        written,
        json!({
            "tenant_id": "acme",
            "type": "paying",
            "address": { "city": "Bern" },
            "teams": [{ "city": "Bern" }],
            "limits": { "seats": 3 },
            "flags": { "beta": [true, 1] },
        })
    );
    assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), tenant);
    assert_eq!(names::<Tenant>(), ["tenant_id", "type", "address", "teams", "limits", "flags"]);
    assert_eq!(names::<Address>(), ["city", "country"]);
    assert_eq!(serde_json::to_value(Nothing {}).unwrap(), json!({}));
    assert!(Nothing::CLAIMS.is_empty());
    assert!(format!("{tenant:?}").starts_with("Tenant"));
}
