#![deny(deprecated)]

use std::collections::HashMap;

use scoped_runtime::scoped_claims;
use serde::{Deserialize, Serialize};

/// Seen by name.
#[scoped_claims(policies("ui/scoped_claims/policies/sql/idioms.sql", allow = ["level", "parent"]))]
struct Named {
    tenant_id: String,
    #[claim(under = "app_metadata")]
    seats: Option<u32>,
    roles: Vec<String>,
    #[claim(one_of("free", "pro"))]
    plan: String,
    organization: HashMap<String, String>,
}

type Id = String;
type Roles = Vec<String>;

#[derive(Serialize, Deserialize)]
struct Newtype(String);

#[scoped_claims]
struct Organization {
    team: Newtype,
    paid: bool,
    #[claim(under = "more")]
    anything: String,
    #[claim(under = "more")]
    others: Id,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    whatever: String,
}

/// Seen by type.
#[scoped_claims(policies = "ui/scoped_claims/policies/sql/idioms.sql")]
struct Typed {
    tenant_id: Option<Id>,
    #[claim(under = "app_metadata")]
    seats: Newtype,
    roles: Roles,
    #[claim(one_of("free", "pro"))]
    plan: Newtype,
    organization: Option<Box<Organization>>,
    level: Plain,
    parent: Option<Box<Typed>>,
}

/// Not seen: with a parameter it is what it is made.
#[scoped_claims(policies("ui/scoped_claims/policies/sql/idioms.sql", allow = ["parent"]))]
struct Generic<T> {
    tenant_id: T,
    #[claim(under = "app_metadata")]
    seats: Option<T>,
    roles: Vec<T>,
    #[serde(with = "text")]
    plan: bool,
    organization: T,
    #[cfg(any())]
    level: bool,
    #[cfg(all())]
    level: Plain,
}

mod text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(_: &bool, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("pro")
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
        String::deserialize(deserializer).map(|text| text == "pro")
    }
}

pub(crate) fn main() {
    #[scoped_claims(policies("ui/scoped_claims/policies/sql/two_tables.sql", tables = ["documents"]))]
    struct Inner {
        tenant: String,
    }
}
