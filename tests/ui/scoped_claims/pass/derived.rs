//! `#[derive(ScopedClaims)]` adds the claims to a struct that derives serde's traits itself.

use scoped_runtime::{ScopedClaims, TokenError};
use serde::{Deserialize, Serialize};
use serde_json::{from_value, json, to_value};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ScopedClaims)]
#[serde(rename_all = "camelCase")]
#[claims(role = "reporting", expires_in = "15m", max_bytes = 64)]
struct Tenant<T = u32> {
    #[claim(non_empty)]
    tenant_id: String,
    #[serde(rename = "subscription")]
    plan: Option<T>,
    #[serde(skip)]
    cache: String,
}

pub(crate) fn main() {
    let tenant = Tenant { tenant_id: "acme".to_owned(), plan: Some(1), cache: String::new() };
    tenant.check().unwrap();
    let written = to_value(&tenant).unwrap();
    assert_eq!(written, json!({ "tenantId": "acme", "subscription": 1 }));
    assert_eq!(from_value::<Tenant>(written).unwrap(), tenant);
    let names: Vec<&str> = Tenant::<u32>::CLAIMS.iter().map(|claim| claim.name()).collect();
    assert_eq!(names, ["tenantId", "subscription"]);
    assert_eq!(Tenant::<u8>::ROLE, Some("reporting"));
    assert_eq!(Tenant::<u8>::EXPIRES_IN.unwrap().as_secs(), 900);
    assert_eq!(Tenant::<u8>::MAX_BYTES, Some(64));

    let empty = Tenant { tenant_id: String::new(), ..tenant };
    let Err(TokenError::InvalidClaims { violations, .. }) = empty.check() else { panic!() };
    assert_eq!(violations.to_string(), "`tenantId` is empty");
}
