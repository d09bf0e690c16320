//! `CLAIMS` are the keys that serde writes, whatever the rule.

use std::fmt::Debug;

use scoped_runtime::__private::serde::de::DeserializeOwned;
use scoped_runtime::{ScopedClaims, scoped_claims};

fn keys_are_claims<C: ScopedClaims + DeserializeOwned + Debug + PartialEq>(claims: C) -> Vec<String> {
    // A `Value` would sort the keys.
    let written = serde_json::to_string(&claims).unwrap();
    assert_eq!(serde_json::from_str::<C>(&written).unwrap(), claims);
    let keys = written.trim_matches(['{', '}']).split(',');
    let keys: Vec<String> =
        keys.map(|pair| pair.split(':').next().unwrap().trim_matches('"').to_owned()).collect();
    let names: Vec<&str> = C::CLAIMS.iter().map(|claim| claim.name()).collect();
    assert_eq!(names, keys);
    keys
}

macro_rules! under {
    ($rule:literal) => {{
        #[scoped_claims]
        #[derive(Debug, PartialEq)]
        #[serde(rename_all = $rule)]
        #[allow(non_snake_case, reason = "names that rules treat in unexpected ways")]
        struct Claims {
            plan: u8,
            tenant_id: u8,
            _leading: u8,
            trailing_: u8,
            two__underscores: u8,
            r#type: u8,
            tenantID: u8,
            x: u8,
            y2_z: u8,
            straße_nr: u8,
        }
        keys_are_claims(Claims {
            plan: 0,
            tenant_id: 0,
            _leading: 0,
            trailing_: 0,
            two__underscores: 0,
            r#type: 0,
            tenantID: 0,
            x: 0,
            y2_z: 0,
            straße_nr: 0,
        })
    }};
}

pub(crate) fn main() {
    assert_eq!(under!("lowercase")[1], "tenant_id");
    assert_eq!(under!("UPPERCASE")[1], "TENANT_ID");
    assert_eq!(under!("PascalCase")[1], "TenantId");
    assert_eq!(under!("camelCase")[1], "tenantId");
    assert_eq!(under!("snake_case")[1], "tenant_id");
    assert_eq!(under!("SCREAMING_SNAKE_CASE")[1], "TENANT_ID");
    assert_eq!(under!("kebab-case")[1], "tenant-id");
    assert_eq!(under!("SCREAMING-KEBAB-CASE")[1], "TENANT-ID");
}
