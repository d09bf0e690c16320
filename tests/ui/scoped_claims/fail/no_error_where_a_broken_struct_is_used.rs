//! One mistake, one message: every use below is fine as far as anyone can tell.

use scoped_runtime::{ScopedClaims, ScopedClient, scoped_claims};
use serde::{Deserialize, Serialize};

mod serde {
    pub use scoped_runtime::__private::serde::*;
}

#[scoped_claims]
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(crate = "crate::serde", rename_all = "camelCase", default)]
struct Tenant<T: Clone = String> {
    sub: String,
    #[claim(rename = "subscription")]
    plan: Option<T>,
    #[serde(deserialize_with = "seats")]
    seats: u32,
}

fn seats<'de, D: serde::Deserializer<'de>>(_: D) -> Result<u32, D::Error> {
    Ok(1)
}

fn needs_tenant(_: &ScopedClient<Tenant>) {}

fn claims(_: impl ScopedClaims) {}

#[derive(Serialize)]
#[serde(crate = "crate::serde")]
struct Outer {
    tenant: Tenant,
}

fn main() {
    let tenant = Tenant { sub: String::new(), plan: Some("free".to_owned()), seats: 1 };
    let read: Tenant = serde_json::from_str("{}").unwrap();
    assert_eq!(tenant.clone(), read);
    serde_json::to_string(&tenant).unwrap();
    claims(tenant.clone());
    let client = scoped_runtime::stub_clients().user("alice").claims(tenant).client().unwrap();
    needs_tenant(&client);
    println!("{}", Tenant::<String>::CLAIMS.len());
}
