//! Names that are only read are claims of their own, and may be what users can edit if that is said.

use scoped_runtime::{ScopedClaims, scoped_claims};
use serde_json::json;

#[scoped_claims(allow_user_metadata)]
#[derive(Debug, PartialEq)]
struct Profile {
    #[serde(alias = "user_metadata", default)]
    profile: Option<String>,
    #[claim(under = "app_metadata")]
    #[serde(alias = "sub", rename(deserialize = "user_metadata"))]
    inner: u8,
}

pub(crate) fn main() {
    const { assert!(Profile::READS_USER_METADATA) };
    let read = |json| serde_json::from_value::<Profile>(json).unwrap();
    let expected = Profile { profile: Some("p".to_owned()), inner: 1 };
    assert_eq!(read(json!({ "user_metadata": "p", "app_metadata": { "sub": 1 } })), expected);
    assert_eq!(read(json!({ "profile": "p", "app_metadata": { "user_metadata": 1 } })), expected);
}
