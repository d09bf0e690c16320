//! User IDs, roles, levels and algorithms as text: written, read back, and checked by serde.

use scoped_runtime::{Aal, Algorithm, Role, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::support::ALICE;

fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(json!(text))
}

#[test]
fn serde_writes_the_text_and_reads_it_back() {
    fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
        value: &T,
        text: &str,
    ) {
        assert_eq!(serde_json::to_value(value).unwrap(), json!(text));
        assert_eq!(&read::<T>(text).unwrap(), value);
    }
    round_trip(&UserId::new(ALICE).unwrap(), ALICE);
    round_trip(&Role::new("reporting").unwrap(), "reporting");
    round_trip(&Aal::Aal2, "aal2");
    round_trip(&Algorithm::EdDsa, "EdDSA");
    assert_eq!("aal3".parse::<Aal>().unwrap(), Aal::Aal3);
    assert_eq!(Algorithm::try_from("RS256").unwrap(), Algorithm::Rs256);
}

#[test]
fn serde_refuses_what_new_refuses() {
    let error = read::<UserId>("alice").unwrap_err().to_string();
    assert!(error.contains("is not a UUID"), "{error}");
    let error = read::<Role>("service_role").unwrap_err().to_string();
    assert!(error.contains("row level security"), "{error}");
    read::<Aal>("aal9").unwrap_err();
    read::<Algorithm>("none").unwrap_err();
    "hs256".parse::<Algorithm>().unwrap_err();
}
