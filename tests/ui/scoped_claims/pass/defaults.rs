//! `default` says what an absent claim is read as. It changes nothing about what is written.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::{from_value, json, to_value};

const REGION: &str = "eu";

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Tenant {
    tenant_id: String,
    #[claim(default)]
    teams: Vec<String>,
    #[claim(default = "free", one_of("free", "pro"))]
    plan: String,
    #[claim(default = 5, max = 10)]
    seats: Option<u32>,
    #[claim(default = format!("{REGION}-1"))]
    region: String,
    #[claim(default = true)]
    r#async: bool,
    #[claim(skip, default = 7)]
    retries: u8,
}

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Plain {
    #[claim(default)]
    seats: u32,
    #[claim(skip)]
    cache: Option<String>,
}

pub(crate) fn main() {
    let read: Tenant = from_value(json!({ "tenant_id": "acme" })).unwrap();
    let expected = Tenant {
        tenant_id: "acme".to_owned(),
        teams: Vec::new(),
        plan: "free".to_owned(),
        seats: Some(5),
        region: "eu-1".to_owned(),
        r#async: true,
        retries: 7,
    };
    assert_eq!(read, expected);
    let written = to_value(Tenant { seats: None, ..expected }).unwrap();
    assert_eq!(
        written,
        json!({ "tenant_id": "acme", "teams": [], "plan": "free", "region": "eu-1", "async": true })
    );
    assert_eq!(from_value::<Plain>(json!({})).unwrap(), Plain { seats: 0, cache: None });
    assert_eq!(Plain::CLAIMS.len(), 1);
}
