//! A `macro_rules!` may write the struct, with types and values that it was given.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::{from_value, json, to_value};

macro_rules! tenant {
    ($name:ident { $($field:ident: $ty:ty = $default:expr, $rule:literal);* } under $under:literal, $role:literal) => {
        #[scoped_claims(under = $under, role = $role)]
        #[derive(Debug, PartialEq)]
        struct $name {
            $(#[claim(default = $default, pattern = $rule)] $field: $ty,)*
            #[claim(custom = $crate::claims_through_a_macro::check)]
            own: Option<$crate::claims_through_a_macro::Seats>,
            #[claim(min = 1, default = 2)]
            number: $crate::claims_through_a_macro::Seats,
        }
    };
}

type Seats = u32;

fn check(seats: &u32) -> Result<(), &'static str> {
    if *seats < 9 { Ok(()) } else { Err("are too many") }
}

tenant!(Tenant { plan: String = "free", "[a-z]+"; team: Option<String> = "none", "[a-z]+" } under "app_metadata", "reporting");

pub(crate) fn main() {
    let read: Tenant = from_value(json!({ "app_metadata": { "own": 9 } })).unwrap();
    let expected = Tenant {
        plan: "free".to_owned(),
        team: Some("none".to_owned()),
        own: Some(9),
        number: 2,
    };
    assert_eq!(read, expected);
    assert_eq!(read.check().unwrap_err().to_string(), "invalid claims: `app_metadata.own` are too many");
    let written = to_value(&read).unwrap();
    assert_eq!(
        written,
        json!({ "app_metadata": { "plan": "free", "team": "none", "own": 9, "number": 2 } })
    );
    assert_eq!(from_value::<Tenant>(written).unwrap(), read);
    assert_eq!(Tenant::ROLE, Some("reporting"));
}
