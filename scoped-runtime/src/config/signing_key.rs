use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::environment::{Sources, is_blank, require};
use super::jwt_secret;
use crate::error::{ConfigurationError, Problem};
use crate::key::SigningKey;

const SIGNING_KEY: &[&str] = &["SUPABASE_SIGNING_KEY"];
pub(super) const JWT_SECRET: &[&str] = &["SUPABASE_JWT_SECRET"];

/// File extensions by which a text is recognised as a path that may be shown. Other text may be a secret in the
/// wrong variable.
const KEY_FILE_EXTENSIONS: [&str; 4] = ["json", "jwk", "jwks", "pem"];

/// The key of the JWT secret that was set in code, else the key that the environment has. A blank variable is
/// ignored if the other one is set.
pub(super) fn read(
    secret: Option<SecretString>,
    sources: &Sources,
    api_key: Option<&SecretString>,
    problems: &mut Vec<Problem>,
) -> Option<SigningKey> {
    let json = secret
        .is_none()
        .then(|| sources.optional(None, SIGNING_KEY))
        .flatten();
    let secret = sources.optional(secret, JWT_SECRET);
    let is_set = |value: &Option<SecretString>| value.as_ref().is_some_and(|text| !is_blank(text));
    let problem = match (json, secret) {
        (json, secret) if is_set(&json) && is_set(&secret) => Problem::new(
            "signing_key",
            "is set beside `jwt_secret`",
            "remove `SUPABASE_JWT_SECRET`: projects with signing keys may have revoked the legacy secret",
        ),
        (Some(json), secret) if secret.is_none() || !is_blank(&json) => {
            return require("signing_key", Some(json), SIGNING_KEY, problems)
                .and_then(|text| reported(from_variable(text.expose_secret()), problems));
        }
        (_, Some(secret)) => {
            return require("jwt_secret", Some(secret), JWT_SECRET, problems)
                .and_then(|text| jwt_secret::check(&text, api_key, problems));
        }
        (_, None) if !sources.is_complete => return None,
        (_, None) => Problem::new(
            "jwt_secret",
            "is missing",
            "set `SUPABASE_JWT_SECRET`, or `SUPABASE_SIGNING_KEY` for a project with signing keys, or \
             call `.jwt_secret(..)` or `.signing_key(..)`",
        ),
    };
    problems.push(problem);
    None
}

fn reported(
    key: Result<SigningKey, ConfigurationError>,
    problems: &mut Vec<Problem>,
) -> Option<SigningKey> {
    key.map_err(|error| problems.extend_from_slice(error.problems()))
        .ok()
}

/// Reads the key from a JSON text, or from a file whose path is given.
fn from_variable(text: &str) -> Result<SigningKey, ConfigurationError> {
    let text = text.trim();
    // PEM is passed on too, for the error that it is not JSON.
    if text.starts_with(['{', '[', '-']) {
        return SigningKey::from_jwk(text);
    }
    match read_file(text) {
        Ok(json) => SigningKey::from_jwk(&json),
        Err(error) => {
            let reason = if is_path(text) {
                format!("is in `{text}`, which cannot be read ({})", error.kind())
            } else {
                "is neither JSON nor the path of a file".to_owned()
            };
            Err(Problem::new(
                "signing_key",
                reason,
                "set `SUPABASE_SIGNING_KEY` to the JSON that `supabase gen signing-key` writes, or to \
                 the path of a file with it",
            )
            .into())
        }
    }
}

/// The maximum size of a key file, in bytes: the path may lead to a device such as `/dev/zero`.
const MAX_FILE: u64 = 1 << 20;

fn read_file(path: &str) -> io::Result<Zeroizing<String>> {
    let file = File::open(path)?;
    // The capacity is sufficient from the start: growing would leave copies of the key in memory.
    let size = file.metadata()?.len().min(MAX_FILE);
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(size).unwrap_or(0) + 1,
    ));
    file.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(text)
}

/// Whether a text is meant as a path, so that an error may show it.
fn is_path(text: &str) -> bool {
    let path = Path::new(text);
    let has_key_extension = path.extension().is_some_and(|extension| {
        KEY_FILE_EXTENSIONS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    });
    let is_in_folder = path
        .parent()
        .is_some_and(|folder| folder.parent().is_some() && folder.is_dir());
    has_key_extension || is_in_folder
}
