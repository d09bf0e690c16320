//! Every legal way to name a claim, with and without a `Deserialize` of the user's own.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

mod serde {
    pub use scoped_runtime::__private::serde::*;
}

#[scoped_claims]
#[serde(rename_all(serialize = "camelCase", deserialize = "kebab-case"))]
struct Write {
    as_the_rule_says: u8,
    #[claim(rename = "by claim")]
    claimed: u8,
    #[serde(rename = "by_serde")]
    serde: u8,
    #[serde(rename(serialize = "one_way"))]
    one: u8,
    #[serde(rename(deserialize = "read_only"))]
    read_from_elsewhere: u8,
    #[claim(rename = "written")]
    #[serde(rename(deserialize = "read"))]
    both: u8,
    r#move: u8,
    #[serde(skip)]
    sub: u8,
    #[serde(skip_serializing)]
    role: u8,
    #[serde(skip_deserializing)]
    only_written: u8,
}

#[scoped_claims]
#[derive(serde::Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields, rename = "Both")]
struct Both {
    #[claim(rename = "subscription")]
    plan: String,
    #[claim(rename = "written")]
    #[serde(rename(deserialize = "read"))]
    both: u8,
    #[serde(alias = "places", default)]
    seats: Option<u32>,
}

fn names<C: ScopedClaims>() -> Vec<&'static str> {
    C::CLAIMS.iter().map(|claim| claim.name()).collect()
}

pub(crate) fn main() {
    let write = Write {
        as_the_rule_says: 1,
        claimed: 2,
        serde: 3,
        one: 4,
        read_from_elsewhere: 5,
        both: 6,
        r#move: 7,
        sub: 8,
        role: 9,
        only_written: 10,
    };
    let _ = (write.sub, write.role);
    assert_eq!(
        serde_json::to_string(&write).unwrap(),
        r#"{"asTheRuleSays":1,"by claim":2,"by_serde":3,"one_way":4,"readFromElsewhere":5,"written":6,"move":7,"onlyWritten":10}"#
    );
    assert_eq!(
        names::<Write>(),
        ["asTheRuleSays", "by claim", "by_serde", "one_way", "readFromElsewhere", "written", "move", "onlyWritten"]
    );

    let both = Both { plan: "pro".to_owned(), both: 1, seats: None };
    assert_eq!(serde_json::to_value(&both).unwrap(), json!({ "subscription": "pro", "written": 1 }));
    assert_eq!(names::<Both>(), ["subscription", "written", "seats"]);
    let read: Both = serde_json::from_str(r#"{"subscription":"pro","read":1}"#).unwrap();
    assert_eq!(read, both);
}
