//! Claims in objects: written there, read from there, and their paths are in `CLAIMS`.

use std::collections::BTreeMap;

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::{Value, from_value, json, to_value};

#[scoped_claims]
#[derive(Clone, Debug, PartialEq)]
struct Tenant {
    tenant_id: String,
    #[claim(under = "app_metadata")]
    seats: Option<u32>,
    #[claim(under = "app_metadata", rename = "subscription")]
    plan: String,
    #[claim(under = "https://acme.test/claims")]
    #[serde(alias = "land")]
    country: Option<String>,
}

/// Everything in one object, and some of it deeper.
#[scoped_claims(under = "app_metadata")]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Deep {
    tenant_id: String,
    #[claim(under = "limits")]
    max_seats: u32,
    #[claim(under = "limits")]
    #[serde(with = "text")]
    max_rows: u32,
    #[claim(skip)]
    cache: Vec<u8>,
    #[cfg(any())]
    never: NoSuchType,
    #[cfg(not(any()))]
    #[claim(under = "limits")]
    always: bool,
}

#[scoped_claims(under = "app_metadata")]
#[derive(Clone, Debug, PartialEq)]
struct Generic<T, const N: usize>
where
    T: Clone,
{
    value: T,
    list: Vec<T>,
    #[claim(default = vec![1, 2])]
    numbers: Vec<u16>,
    fixed: BTreeMap<String, [bool; 2]>,
}

/// Claims may be read from there, but where they are is a private matter.
#[scoped_claims(allow_user_metadata)]
struct Profile {
    #[claim(under = "user_metadata", unread)]
    nick: String,
}

mod text {
    use scoped_runtime::__private::serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

fn paths<C: ScopedClaims>() -> Vec<String> {
    C::CLAIMS.iter().map(ToString::to_string).collect()
}

pub(crate) fn main() {
    let tenant = Tenant {
        tenant_id: "acme".to_owned(),
        seats: Some(3),
        plan: "pro".to_owned(),
        country: Some("CH".to_owned()),
    };
    let written = to_value(&tenant).unwrap();
    let expected = json!({
        "tenant_id": "acme",
        "app_metadata": { "seats": 3, "subscription": "pro" },
        "https://acme.test/claims": { "country": "CH" },
    });
    assert_eq!(written, expected);
    assert_eq!(from_value::<Tenant>(written).unwrap(), tenant);
    assert_eq!(
        paths::<Tenant>(),
        ["tenant_id", "app_metadata.seats", "app_metadata.subscription", "https://acme.test/claims.country"]
    );
    assert_eq!(Tenant::CLAIMS[3].under(), ["https://acme.test/claims"]);
    assert_eq!(Tenant::CLAIMS[3].name(), "country");

    // An object with nothing in it is no claim; a whole token has much else.
    let absent = Tenant { seats: None, country: None, ..tenant.clone() };
    let mut token = to_value(&absent).unwrap();
    assert_eq!(token, json!({ "tenant_id": "acme", "app_metadata": { "subscription": "pro" } }));
    token["sub"] = json!("alice");
    token["app_metadata"]["provider"] = json!("email");
    assert_eq!(from_value::<Tenant>(token).unwrap(), absent);

    let mut alias = expected;
    alias["https://acme.test/claims"] = json!({ "land": "CH" });
    assert_eq!(serde_json::from_str::<Tenant>(&alias.to_string()).unwrap(), tenant);
    alias["app_metadata"] = Value::Null;
    let error = from_value::<Tenant>(alias).unwrap_err();
    assert_eq!(error.to_string(), "missing field `app_metadata.subscription`");

    let deep = Deep {
        tenant_id: "acme".to_owned(),
        max_seats: 3,
        max_rows: 4,
        cache: Vec::new(),
        always: true,
    };
    let written = to_value(&deep).unwrap();
    assert_eq!(
        written,
        json!({ "app_metadata": {
            "tenantId": "acme",
            "limits": { "maxSeats": 3, "maxRows": "4", "always": true },
        } })
    );
    assert_eq!(from_value::<Deep>(written).unwrap(), deep);
    assert_eq!(
        paths::<Deep>(),
        [
            "app_metadata.tenantId",
            "app_metadata.limits.maxSeats",
            "app_metadata.limits.maxRows",
            "app_metadata.limits.always",
        ]
    );

    let generic = Generic::<_, 3> {
        value: 'x',
        list: vec!['y'],
        numbers: vec![1, 2],
        fixed: BTreeMap::new(),
    };
    let mut written = to_value(&generic).unwrap();
    assert_eq!(
        written,
        json!({ "app_metadata": { "value": "x", "list": ["y"], "numbers": [1, 2], "fixed": {} } })
    );
    written["app_metadata"].as_object_mut().unwrap().remove("numbers");
    assert_eq!(from_value::<Generic<char, 3>>(written).unwrap(), generic);

    let profile = Profile { nick: "al".to_owned() };
    assert_eq!(to_value(&profile).unwrap(), json!({ "user_metadata": { "nick": "al" } }));
    assert!(Profile::CLAIMS[0].is_unread());
}
