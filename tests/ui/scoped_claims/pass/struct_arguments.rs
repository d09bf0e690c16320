//! What holds for the whole struct.

use std::time::Duration;

use scoped_runtime::{ScopedClaims, scoped_claims};

#[scoped_claims(role = "reporting", expires_in = "1h30m", max_bytes = 30, crate = scoped_runtime)]
struct Report {
    tenant_id: String,
}

#[scoped_claims]
struct Plain {}

pub(crate) fn main() {
    assert_eq!(Report::ROLE, Some("reporting"));
    assert_eq!(Report::EXPIRES_IN, Some(Duration::from_secs(5400)));
    assert_eq!(Report::MAX_BYTES, Some(30));
    assert_eq!((Plain::ROLE, Plain::EXPIRES_IN, Plain::MAX_BYTES), (None, None, None));

    // `{"tenant_id":"0123456789abcd"}` has 30 bytes.
    Report { tenant_id: "0123456789abcd".to_owned() }.check().unwrap();
    let error = Report { tenant_id: "0123456789abcde".to_owned() }.check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid claims: all claims together have 31 bytes, more than 30; shorten them"
    );
}
