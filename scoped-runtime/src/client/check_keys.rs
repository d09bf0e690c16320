use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::ScopedClients;
use crate::error::{ConfigurationError, Error, Problem};
use crate::key::{Algorithm, Key};
use crate::transport::JwksEndpoint;

/// The outcome of [`ScopedClients::check_keys`] when it found no mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyCheck {
    /// The project lists the signing key, so its services accept the tokens that the key signs.
    Listed,
    /// The key is a shared secret (HS256). No project lists one, so nothing was compared;
    /// [`health`](ScopedClients::health) checks the secret with a request.
    SharedSecret,
}

impl ScopedClients {
    /// Fetches the keys that the project trusts (`/auth/v1/.well-known/jwks.json`, RFC 7517) and checks that
    /// the configured signing key is among them. Call it at start-up: with an unknown key, every request is
    /// answered with 401.
    ///
    /// The check compares public keys and sends no token. It therefore does not notice a wrong shared secret
    /// ([`KeyCheck::SharedSecret`]), a service that has not fetched a new key yet, an API key of another
    /// project, or a wrong clock. [`health`](Self::health) notices all of these, since it sends a request.
    ///
    /// The keys of a third-party issuer are registered with the project but not listed at this address.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) -> Result<(), scoped_runtime::Error> {
    /// clients.check_keys().await?; // at start-up: an error if the project lists keys, and not ours
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Configuration`] for `signing_key` when the project does not list the key, or lists another
    /// key under its ID; [`Error::Client`] or [`Error::Api`] when the project did not answer.
    pub async fn check_keys(&self) -> Result<KeyCheck, Error> {
        let turn = self.project.mint.keys.current();
        if turn.key.algorithm() == Algorithm::Hs256 {
            return Ok(KeyCheck::SharedSecret);
        }
        let endpoint = JwksEndpoint::new(Arc::clone(&self.project.transport));
        let answer = endpoint.fetch().await?;
        let set: Value = answer.json()?;
        let keys = set.get("keys").and_then(Value::as_array);
        match problem(&turn.key, keys.map_or(&[], Vec::as_slice)) {
            None => Ok(KeyCheck::Listed),
            Some(problem) => Err(ConfigurationError::from(problem).into()),
        }
    }
}

fn problem(ours: &Key, listed: &[Value]) -> Option<Problem> {
    let key_id = ours.key_id().unwrap_or_default();
    let id_of = |key: &Value| key.get("kid").and_then(Value::as_str).map(str::to_owned);
    let Some(found) = listed
        .iter()
        .find(|key| id_of(key).as_deref() == Some(key_id))
    else {
        let known: Vec<String> = listed.iter().filter_map(id_of).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        return Some(Problem::new(
            "signing_key",
            format!("has the ID `{key_id}`, which the project does not list (it lists {known})"),
            "import it as a standby key, rotate to it, and wait 20 minutes for the caches",
        ));
    };
    ours.public_jwk()
        .filter(|public| !is_same(public, found))
        .map(|_| {
            Problem::new(
                "signing_key",
                format!("has the ID `{key_id}`, under which the project lists another key"),
                "use the private half of the key that is listed, or give yours an ID of its own",
            )
        })
}

/// Whether two public keys are the same by their required members (RFC 7638, section 3.2). Leading zero
/// bytes of a number do not count.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &Value, name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text(key, name)?).ok()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Some(bytes[zeros..].to_vec())
    };
    ["kty", "crv"]
        .iter()
        .all(|name| text(ours, name) == text(theirs, name))
        && ["x", "y", "n", "e"]
            .iter()
            .all(|name| number(ours, name) == number(theirs, name))
}
