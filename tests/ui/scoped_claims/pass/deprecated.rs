//! What is deprecated is a claim like any other, and the attribute uses it in silence.
#![deny(warnings)]

use scoped_runtime::scoped_claims;

#[scoped_claims]
#[deprecated = "use `Tenant`"]
pub struct Old {
    #[claim(non_empty)]
    pub tenant: String,
}

#[scoped_claims]
#[deprecated]
pub struct Nested {
    #[claim(under = "app_metadata", default = "free", pattern = "[a-z]+", unread)]
    #[deprecated = "use `tier`"]
    pub plan: String,
    #[claim(custom = check, unread)]
    #[deprecated]
    pub seats: Option<u32>,
}

/// Whether there is a seat.
fn check(seats: &u32) -> Result<(), &'static str> {
    if *seats == 0 { Err("is none") } else { Ok(()) }
}

mod old {
    #[derive(scoped_runtime::__private::serde::Serialize, scoped_runtime::__private::serde::Deserialize)]
    #[serde(crate = "scoped_runtime::__private::serde")]
    #[deprecated]
    pub struct Plan(pub String);
}

#[allow(deprecated)]
mod new {
    #[scoped_runtime::scoped_claims]
    pub struct Tenant {
        pub plan: super::old::Plan,
    }
}

pub(crate) fn main() {
    #[allow(deprecated)]
    let old = Old { tenant: "acme".to_owned() };
    let _ = scoped_runtime::ScopedClaims::check(&old);
    #[allow(deprecated)]
    let tenant = new::Tenant { plan: old::Plan("free".to_owned()) };
    let _ = scoped_runtime::ScopedClaims::check(&tenant);
}
