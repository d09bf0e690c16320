//! What can be a claim. Of types that are not known nothing is asked but `Serialize`.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scoped_runtime::{ClaimKind, ScopedClaims, TokenError, scoped_claims};
use serde::{Deserialize, Serialize};
use serde_json::{from_value, json, to_value};

#[derive(Serialize, Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Pro,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct TenantId(String);

/// It can be written, not read.
#[derive(Serialize, Debug)]
struct OneWay;

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Address {
    city: String,
}

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Tenant {
    id: uuid::Uuid,
    plan: Plan,
    tenant_id: TenantId,
    #[serde(with = "seconds")]
    since: SystemTime,
    until: Option<u64>,
    address: Address,
    limits: BTreeMap<String, Vec<i64>>,
    by_plan: BTreeMap<Plan, bool>,
    names: HashMap<Box<str>, Box<Option<char>>>,
    anything: serde_json::Value,
    pair: (u8, String),
    #[claim(allow_float)]
    rate: Vec<f32>,
}

#[scoped_claims]
struct Written {
    plan: String,
    one_way: OneWay,
}

#[scoped_claims]
struct Hidden {
    anything: serde_json::Value,
}

/// Times are whole seconds, whatever clock they come from.
mod seconds {
    use super::*;
    use serde::{Deserializer, Serializer, ser::Error};

    pub fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        let since = time.duration_since(UNIX_EPOCH).map_err(S::Error::custom)?;
        serializer.serialize_u64(since.as_secs())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        u64::deserialize(deserializer).map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds))
    }
}

pub(crate) fn main() {
    let tenant = Tenant {
        id: uuid::Uuid::nil(),
        plan: Plan::Pro,
        tenant_id: TenantId("acme".to_owned()),
        since: UNIX_EPOCH + Duration::from_secs(7),
        until: None,
        address: Address { city: "Bern".to_owned() },
        limits: BTreeMap::from([("rows".to_owned(), vec![-1])]),
        by_plan: BTreeMap::from([(Plan::Free, true)]),
        names: HashMap::from([(Box::from("x"), Box::new(Some('y')))]),
        anything: json!([1, { "two": null }]),
        pair: (1, "one".to_owned()),
        rate: vec![0.5],
    };
    tenant.check().unwrap();
    let written = to_value(&tenant).unwrap();
    assert_eq!(
        written,
        json!({
            "id": "00000000-0000-0000-0000-000000000000",
            "plan": "pro",
            "tenant_id": "acme",
            "since": 7,
            "address": { "city": "Bern" },
            "limits": { "rows": [-1] },
            "by_plan": { "free": true },
            "names": { "x": "y" },
            "anything": [1, { "two": null }],
            "pair": [1, "one"],
            "rate": [0.5],
        })
    );
    assert_eq!(from_value::<Tenant>(written).unwrap(), tenant);
    let kinds: Vec<ClaimKind> = Tenant::CLAIMS.iter().map(|claim| claim.kind()).collect();
    use ClaimKind::{Any, Integer, List, Object, Uuid};
    assert_eq!(
        kinds,
        [Uuid, Any, Any, Any, Integer, Object, Object, Any, Object, Any, Any, List]
    );

    let written = to_value(Written { plan: "free".to_owned(), one_way: OneWay }).unwrap();
    assert_eq!(written, json!({ "plan": "free", "one_way": null }));

    // What no type tells is checked with the value.
    let error = Hidden { anything: json!({ "since": 1.5 }) }.check().unwrap_err();
    let TokenError::InvalidClaims { violations, .. } = error else { panic!() };
    assert_eq!(violations.iter().next().unwrap().rule(), "allow_float");
}
