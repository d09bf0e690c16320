//! Values that JSON or a token cannot represent are refused with the path of the claim. They are never
//! silently omitted, truncated or parsed as JSON.

use std::collections::BTreeMap;

use scoped_runtime::{ScopedClaims, TokenError, scoped_claims};
use serde_json::{Value, json, value::RawValue};

use crate::support::{ALICE, offline};

mod serde {
    pub(super) use scoped_runtime::__private::serde::*;
}

/// Returns the refused paths with the reasons.
fn refused(claims: &impl ScopedClaims) -> Vec<(String, String)> {
    let Err(TokenError::InvalidClaims { violations, .. }) = claims.check() else {
        panic!("refused: {:?}", claims.check());
    };
    let all = violations.iter();
    all.map(|it| (it.path().to_owned(), it.reason().to_owned()))
        .collect()
}

fn assert_refused(claims: &impl ScopedClaims, path: &str, reason: &str) {
    let found = refused(claims);
    let [(found_path, found_reason)] = &found[..] else {
        panic!("one: {found:?}");
    };
    assert_eq!(found_path, path);
    assert!(found_reason.contains(reason), "{found_reason}");
}

#[scoped_claims]
struct Floats {
    #[claim(allow_float, min = 0.5, max = 2.0)]
    rate: f64,
    #[claim(allow_float)]
    rates: Vec<f32>,
    #[claim(allow_float)]
    by_name: BTreeMap<String, Option<f64>>,
}

#[scoped_claims]
struct Nested {
    #[claim(allow_float, under = "limits")]
    rate: f64,
    #[claim(under = "limits")]
    level: u128,
}

#[test]
fn a_number_that_is_not_finite_is_a_violation() {
    let rate = |rate, rates: Vec<f32>, inner| Floats {
        rate,
        rates,
        by_name: BTreeMap::from([("a".to_owned(), inner)]),
    };
    rate(1.0, vec![1.5], Some(2.5)).check().unwrap();
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_refused(&rate(bad, vec![], None), "rate", "not finite");
        assert_refused(&rate(1.0, vec![], Some(bad)), "by_name.a", "not finite");
        let nested = Nested {
            rate: bad,
            level: 1,
        };
        assert_refused(&nested, "limits.rate", "not finite");
    }
    assert_refused(&rate(1.0, vec![1.0, f32::NAN], None), "rates", "not finite");
    let (clients, _) = offline();
    let client = clients.user(ALICE).claim("rate", f64::NAN).client();
    assert!(client.unwrap_err().to_string().contains("`rate`"));
}

#[scoped_claims]
struct Large {
    signed: i128,
    unsigned: Option<u128>,
    path: std::path::PathBuf,
}

#[cfg(unix)]
#[test]
fn integers_over_64_bits_and_invalid_utf8_are_refused_with_the_field() {
    use std::os::unix::ffi::OsStringExt;
    let large = |signed, unsigned| Large {
        signed,
        unsigned: Some(unsigned),
        path: "a".into(),
    };
    large(i64::MIN.into(), u64::MAX.into()).check().unwrap();
    assert_refused(&large(i128::MIN, 1), "signed", "64 bits");
    assert_refused(&large(1, u128::from(u64::MAX) + 1), "unsigned", "64 bits");
    let nested = Nested {
        rate: 1.0,
        level: u128::MAX,
    };
    assert_refused(&nested, "limits.level", "64 bits");

    let mut path = large(1, 1);
    path.path = std::ffi::OsString::from_vec(vec![0xff]).into();
    let error = path.check().unwrap_err();
    assert!(
        matches!(&error, TokenError::Serialize { name, .. } if name == "path"),
        "{error}"
    );
}

#[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq)]
#[serde(crate = "scoped_runtime::__private::serde", untagged)]
enum Untagged {
    Nothing,
    Something(u8),
}

#[scoped_claims]
#[derive(Debug, PartialEq)]
struct Nulls {
    value: Value,
    optional: Option<Value>,
    untagged: Untagged,
    #[allow(clippy::option_option, reason = "that is the mistake")]
    twice: Option<Option<u8>>,
}

#[test]
fn claims_read_back_as_minted_or_their_null_is_refused() {
    let good = || Nulls {
        value: json!([null, { "a": null }]),
        optional: None,
        untagged: Untagged::Something(1),
        twice: Some(Some(2)),
    };
    good().check().unwrap();
    let (clients, _) = offline();
    let client = clients.user(ALICE).claims(good()).client().unwrap();
    let minted = Value::Object(client.token().unwrap().claims());
    assert_eq!(serde_json::from_value::<Nulls>(minted).unwrap(), good());
    for (path, bad) in [
        (
            "value",
            Nulls {
                value: Value::Null,
                ..good()
            },
        ),
        (
            "optional",
            Nulls {
                optional: Some(Value::Null),
                ..good()
            },
        ),
        (
            "untagged",
            Nulls {
                untagged: Untagged::Nothing,
                ..good()
            },
        ),
        (
            "twice",
            Nulls {
                twice: Some(None),
                ..good()
            },
        ),
    ] {
        assert_refused(&bad, path, "`null`");
    }
    let error = clients
        .user(ALICE)
        .claim("nothing", ())
        .client()
        .unwrap_err();
    assert!(error.to_string().contains("`nothing` is `null`"), "{error}");
    clients
        .user(ALICE)
        .claim("none", None::<u8>)
        .client()
        .unwrap();
}

struct Bytes;

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&[1, 2])
    }
}

#[test]
fn bytes_that_a_custom_serialize_writes_are_refused() {
    let (clients, _) = offline();
    let error = clients.user(ALICE).claim("hash", vec![Bytes]).client();
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("`hash`") && error.contains("bytes"),
        "{error}"
    );
}

#[test]
fn private_names_of_serde_json_are_refused_in_claims() {
    let (clients, _) = offline();
    let inner = r#"{"sub":"x\u0000","sub":"y"}"#;
    let raw = RawValue::from_string(inner.to_owned()).unwrap();
    for name in ["RawValue", "Number"] {
        let name = format!("$serde_json::private::{name}");
        let map = BTreeMap::from([(name.clone(), inner)]);
        let deep = json!([{ "a": map }]);
        clients.user(ALICE).claim("x", &map).client().unwrap_err();
        clients.user(ALICE).claim("x", &deep).client().unwrap_err();
        clients
            .user(ALICE)
            .claim(&*name, inner)
            .client()
            .unwrap_err();
    }
    clients.user(ALICE).claim("x", &raw).client().unwrap_err();
    // A similar name that is not a private name of serde_json.
    let fine = json!({ "serde_json::private": 1 });
    clients.user(ALICE).claim("x", &fine).client().unwrap();
}

/// The largest depth is far above the limit of 100 levels.
#[test]
fn a_claim_nested_deeper_than_100_levels_is_an_error_without_an_overflow() {
    let (clients, _) = offline();
    for (levels, fits) in [(100, true), (101, false), (2000, false)] {
        let mut value = json!(1);
        for _ in 0..levels {
            value = Value::Array(vec![value]);
        }
        let client = clients.user(ALICE).claim("deep", &value).client();
        assert_eq!(client.is_ok(), fits, "{levels}");
    }
}
