//! Private and public keys as JSON Web Keys (RFC 7517).
//!
//! All members are borrowed from the input, so that parsing leaves no copy of a private member in memory.

mod key_type;
mod member;
mod public;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

pub(super) use public::read_public;

use super::{SigningKey, refused};
use crate::error::Problem;

const GENERATE: &str = "make a new key with `supabase gen signing-key`";

/// The members that are used; others are ignored.
#[derive(Deserialize)]
struct Jwk<'a> {
    kty: Option<&'a str>,
    crv: Option<&'a str>,
    alg: Option<&'a str>,
    #[serde(rename = "use")]
    usage: Option<&'a str>,
    #[serde(borrow)]
    key_ops: Option<Vec<&'a str>>,
    kid: Option<String>,
    x: Option<&'a str>,
    y: Option<&'a str>,
    n: Option<&'a str>,
    e: Option<&'a str>,
    d: Option<&'a str>,
    p: Option<&'a str>,
    q: Option<&'a str>,
    dp: Option<&'a str>,
    dq: Option<&'a str>,
    qi: Option<&'a str>,
    oth: Option<IgnoredAny>,
    k: Option<&'a str>,
}

/// A JWK set (RFC 7517, section 5), whose keys are parsed one by one.
#[derive(Deserialize)]
struct Set<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// Shows whether an object is a JWK set.
#[derive(Deserialize)]
struct Shape {
    keys: Option<IgnoredAny>,
}

/// Reads a key, or the first usable key of a set or an array.
pub(super) fn read(json: &str) -> Result<SigningKey, Problem> {
    // Some editors write a byte order mark.
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    // In JSON, `-----BEGIN` may be part of a member such as `kid`.
    let is_json = json.trim_start().starts_with(['{', '[']);
    if !is_json && json.contains("-----BEGIN ") {
        return Err(refused("is PEM, not JSON", "use `SigningKey::from_pem`"));
    }
    let Some(keys) = members(json)? else {
        return key(json);
    };
    let mut reasons = Vec::new();
    for (place, text) in keys.iter().enumerate() {
        match key(text.get()) {
            Ok(key) => return Ok(key),
            Err(problem) if keys.len() == 1 => return Err(problem),
            Err(problem) => reasons.push(format!("key {} {}", place + 1, problem.reason())),
        }
    }
    Err(if reasons.is_empty() {
        refused("is a set without keys", GENERATE)
    } else {
        refused(
            format!("has no usable key: {}", reasons.join("; ")),
            format!("repair one of them, or {GENERATE}"),
        )
    })
}

/// The keys of a set or an array; `None` for a single key.
fn members(json: &str) -> Result<Option<Vec<&RawValue>>, Problem> {
    if json.trim_start().starts_with('[') {
        parse(json).map(Some)
    } else if parse::<Shape>(json)?.keys.is_some() {
        Ok(Some(parse::<Set<'_>>(json)?.keys))
    } else {
        Ok(None)
    }
}

fn key(json: &str) -> Result<SigningKey, Problem> {
    let jwk: Jwk<'_> = parse(json)?;
    let private_key = jwk.private_key()?;
    SigningKey::prepare(private_key, jwk.kid)
}

/// Parses JSON. The messages of the parser may quote the text, so only the position and the kind are kept.
fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Problem> {
    serde_json::from_str(json).map_err(|error| {
        let what = if error.is_data() {
            "has a member of the wrong type, with an escape, or set twice"
        } else {
            "is not valid JSON"
        };
        refused(
            format!("{what} (line {}, column {})", error.line(), error.column()),
            "pass the key as `supabase gen signing-key` writes it",
        )
    })
}

impl Jwk<'_> {
    /// Refuses a key whose `use` or `key_ops` excludes the operation (RFC 7517, sections 4.2 and 4.3).
    fn check_purpose(&self, operation: &str) -> Result<(), Problem> {
        if self.usage.is_some_and(|usage| usage != "sig") {
            return Err(refused(
                "has a `use` other than `sig`",
                "use a key that is for signatures",
            ));
        }
        let has = |operations: &Vec<&str>| operations.contains(&operation);
        if !self.key_ops.as_ref().is_none_or(has) {
            return Err(refused(
                format!("has `key_ops` without `{operation}`"),
                "use a key that is for signatures",
            ));
        }
        Ok(())
    }

    /// Refuses a key whose `alg` is another algorithm (RFC 7517, section 4.4).
    fn check_algorithm(&self, expected: super::Algorithm) -> Result<(), Problem> {
        let expected = expected.name();
        match self.alg {
            Some(alg) if alg != expected => Err(refused(
                format!(
                    "has {} as its `alg`, but its type signs {expected}",
                    shown(alg)
                ),
                format!("correct the `alg`, or {GENERATE}"),
            )),
            _ => Ok(()),
        }
    }
}

/// A member as an error shows it. A longer text is not shown: it may be a private part in the wrong member.
fn shown(word: &str) -> String {
    if word.len() <= 16 && word.bytes().all(|byte| byte.is_ascii_graphic()) {
        format!("`{word}`")
    } else {
        "something else".to_owned()
    }
}
