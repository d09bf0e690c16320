//! An `Option` that is `None` is an absent claim, unless the user decides otherwise.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

#[scoped_claims]
struct Tenant {
    seats: Option<u32>,
    plan: std::option::Option<String>,
    #[claim(rename = "country")]
    region: ::core::option::Option<&'static str>,
    #[serde(skip_serializing_if = "never")]
    always: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<u8>,
    #[serde(serialize_with = "as_text")]
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

macro_rules! through_a_macro {
    ($field:ident: $ty:ty = $name:literal) => {
        #[scoped_claims]
        struct Made {
            #[claim(rename = $name)]
            $field: $ty,
        }
    };
}
through_a_macro!(seats: Option<u32> = "places");

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

fn main() {
    let absent =
        Tenant { seats: None, plan: None, region: None, always: None, tags: Vec::new(), number: None };
    assert_eq!(serde_json::to_value(absent).unwrap(), json!({ "always": null }));
    let present = Tenant {
        seats: Some(1),
        plan: Some("pro".to_owned()),
        region: Some("CH"),
        always: Some(2),
        tags: vec![3],
        number: Some(4),
    };
    assert_eq!(
        serde_json::to_value(present).unwrap(),
        json!({ "seats": 1, "plan": "pro", "country": "CH", "always": 2, "tags": [3], "number": "4" })
    );
    assert_eq!(names::<Tenant>(), ["seats", "plan", "country", "always", "tags", "number"]);

    assert_eq!(serde_json::to_value(Made { seats: None }).unwrap(), json!({}));
    assert_eq!(serde_json::to_value(Made { seats: Some(1) }).unwrap(), json!({ "places": 1 }));
    assert_eq!(names::<Made>(), ["places"]);
}
