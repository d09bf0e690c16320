//! Who asks: the identity of a client, without a signature.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::STEP;
use crate::claims::{ScopedClaims, ToUserId};
use crate::client::ScopedClients;
use crate::config::Config;
use crate::testing::error::{KitError, Result};
use crate::testing::random::random_hex;

/// A person of a matrix: a name, a database role and the claims of a token.
#[derive(Debug, Clone)]
pub(super) struct Person {
    name: String,
    role: String,
    claims: Map<String, Value>,
    json: String,
}

impl Person {
    /// A person with the claims that a client's token would have. They are checked as a client checks them.
    pub(super) fn new<C: ScopedClaims>(
        clients: &ScopedClients,
        name: &str,
        user: &impl ToUserId,
        claims: C,
    ) -> Result<Self> {
        let client = clients.user(user).claims(claims).client();
        Self::of(name, client.and_then(|client| client.token()))
    }

    /// A person whose claims are known only at run time: top-level names and their values.
    pub(super) fn with_values(
        clients: &ScopedClients,
        name: &str,
        user: &impl ToUserId,
        role: Option<&str>,
        claims: &Map<String, Value>,
    ) -> Result<Self> {
        let mut builder = clients.user(user);
        if let Some(role) = role {
            builder = builder.role(role);
        }
        for (claim, value) in claims {
            builder = builder.claim(claim, value);
        }
        Self::of(name, builder.client().and_then(|client| client.token()))
    }

    fn of(name: &str, token: std::result::Result<crate::AccessToken, crate::Error>) -> Result<Self> {
        let token = token.map_err(|error| {
            KitError::new(STEP, format!("person `{name}`: {error}")).caused_by(error)
        })?;
        let claims = token.claims();
        let role = claims.get("role").and_then(Value::as_str).unwrap_or_default();
        Ok(Self {
            name: name.to_owned(),
            role: role.to_owned(),
            json: Value::Object(claims.clone()).to_string(),
            claims,
        })
    }

    /// A request with the API key alone, as PostgREST runs it.
    pub(super) fn anonymous(name: &str) -> Self {
        let claims = json!({ "role": "anon" });
        Self {
            name: name.to_owned(),
            role: "anon".to_owned(),
            json: claims.to_string(),
            claims: claims.as_object().cloned().unwrap_or_default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn role(&self) -> &str {
        &self.role
    }

    pub(super) fn claims_json(&self) -> &str {
        &self.json
    }

    /// The user's ID; a request with the API key alone has none.
    pub(super) fn user_id(&self) -> Option<&str> {
        self.claims.get("sub").and_then(Value::as_str)
    }

    /// The project's own claims by the last name of their path: texts and numbers, and the first item of lists.
    pub(super) fn values(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        let own = self.claims.iter().filter(|(name, _)| !crate::RESERVED.contains(&name.as_str()));
        let mut waiting: Vec<(&String, &Value)> = own.collect();
        while let Some((name, value)) = waiting.pop() {
            let value = match value {
                Value::Array(items) => items.first().unwrap_or(&Value::Null),
                value => value,
            };
            match value {
                Value::String(text) => drop(values.insert(name.clone(), text.clone())),
                Value::Number(number) => drop(values.insert(name.clone(), number.to_string())),
                Value::Object(inner) => waiting.extend(inner),
                _ => {}
            }
        }
        values
    }
}

/// A project whose tokens reach no server: it only makes claims.
pub(super) fn project() -> Result<ScopedClients> {
    let config = Config::builder()
        .environment(|_| None)
        .url("http://127.0.0.1:54321")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret(random_hex::<32>(STEP)?)
        .build();
    config.and_then(ScopedClients::new).map_err(|error| {
        KitError::new(STEP, format!("no project for the claims: {error}")).caused_by(error)
    })
}
