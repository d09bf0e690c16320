//! Times of the usual crates are whole seconds through the crates' own modules.

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::{from_value, json, to_value};

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Tenant {
    #[serde(with = "chrono::serde::ts_seconds")]
    since: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_seconds_option")]
    until: Option<DateTime<Utc>>,
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    paid: Timestamp,
    #[claim(under = "app_metadata")]
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    seen: Option<Timestamp>,
}

pub(crate) fn main() {
    let mut tenant = Tenant {
        since: DateTime::from_timestamp(7, 0).unwrap(),
        until: None,
        paid: Timestamp::from_second(8).unwrap(),
        seen: None,
    };
    let written = to_value(&tenant).unwrap();
    assert_eq!(written, json!({ "since": 7, "paid": 8 }));
    tenant.check().unwrap();
    assert_eq!(from_value::<Tenant>(written).unwrap(), tenant);

    tenant.until = DateTime::from_timestamp(9, 0);
    tenant.seen = Timestamp::from_second(10).ok();
    let written = to_value(&tenant).unwrap();
    assert_eq!(
        written,
        json!({ "since": 7, "until": 9, "paid": 8, "app_metadata": { "seen": 10 } })
    );
    assert_eq!(from_value::<Tenant>(written).unwrap(), tenant);
}
