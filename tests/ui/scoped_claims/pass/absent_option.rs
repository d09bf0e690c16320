//! An `Option` that is `None` is an absent claim, unless the user decides otherwise.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Tenant {
    seats: Option<u32>,
    plan: std::option::Option<String>,
    #[claim(rename = "country")]
    region: ::core::option::Option<Box<str>>,
    #[serde(skip_serializing_if = "never")]
    always: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<u16>,
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    number: Option<u32>,
}

fn never<T>(_: &T) -> bool {
    false
}

fn as_text<S>(number: &Option<u32>, serializer: S) -> Result<S::Ok, S::Error>
where
    S: scoped_runtime::__private::serde::Serializer,
{
    serializer.collect_str(&number.unwrap_or_default())
}

fn from_text<'de, D>(deserializer: D) -> Result<Option<u32>, D::Error>
where
    D: scoped_runtime::__private::serde::Deserializer<'de>,
{
    use scoped_runtime::__private::serde::{Deserialize, de::Error};
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

macro_rules! through_a_macro {
    ($field:ident: $ty:ty = $name:literal) => {
        #[scoped_claims]
        struct Made {
            #[claim(rename = $name)]
            $field: $ty,
        }
    };
}
/// A type that is named by `$crate`.
macro_rules! with_crate {
    ($name:ident $under:literal) => {
        #[scoped_claims]
        struct $name {
            #[claim(rename = $under)]
            own: Option<$crate::claims_absent_option::Seats>,
        }
    };
}
type Seats = u32;
with_crate!(Named "own");

through_a_macro!(seats: Option<u32> = "places");

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

pub(crate) fn main() {
    let absent =
        Tenant { seats: None, plan: None, region: None, always: None, tags: Vec::new(), number: None };
    let written = serde_json::to_value(&absent).unwrap();
    assert_eq!(written, json!({ "always": null }));
    assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), absent);
    let present = Tenant {
        seats: Some(1),
        plan: Some("pro".to_owned()),
        region: Some("CH".into()),
        always: Some(2),
        tags: vec![3],
        number: Some(4),
    };
    let written = serde_json::to_value(&present).unwrap();
    assert_eq!(
        written,
        json!({ "seats": 1, "plan": "pro", "country": "CH", "always": 2, "tags": [3], "number": "4" })
    );
    assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), present);
    assert_eq!(names::<Tenant>(), ["seats", "plan", "country", "always", "tags", "number"]);

    assert_eq!(serde_json::to_value(Made { seats: None }).unwrap(), json!({}));
    assert_eq!(serde_json::to_value(Made { seats: Some(1) }).unwrap(), json!({ "places": 1 }));
    assert_eq!(names::<Made>(), ["places"]);
    assert_eq!(serde_json::to_value(Named { own: Some(1) }).unwrap(), json!({ "own": 1 }));
}
