use secrecy::{ExposeSecret, SecretString};

use super::builder::{API_KEY, URL};
use super::environment::{Sources, is_blank};
use super::signing_key::JWT_SECRET;
use super::verifier_options::VerifierRules;
use super::{Config, ConfigBuilder, Settings, api_key, jwt_secret, url};
use crate::error::ConfigurationError;
use crate::key::{Key, VerifyingKey};

/// The configuration of a verifier of callers' tokens.
pub(crate) struct VerifierConfig {
    pub(crate) url: ::url::Url,
    /// Some gateways require an API key for public keys too.
    pub(crate) api_key: Option<SecretString>,
    pub(crate) rules: VerifierRules,
    /// The shared secrets of the options, and the project's own.
    pub(crate) secrets: Vec<VerifyingKey>,
    pub(crate) settings: Settings,
}

impl VerifierConfig {
    /// The expected issuer (claim `iss`).
    pub(crate) fn issuer(&self) -> String {
        let own = || url::own_issuer(&self.url);
        self.rules.issuer.clone().unwrap_or_else(own)
    }
}

impl From<&Config> for VerifierConfig {
    fn from(config: &Config) -> Self {
        let mut secrets = config.rules.secrets.clone();
        if let Key::Local(key) = &config.key {
            secrets.extend(key.shared_secret_key());
        }
        Self {
            url: config.url.clone(),
            api_key: Some(config.api_key.clone()),
            rules: config.rules.clone(),
            secrets,
            settings: config.settings.clone(),
        }
    }
}

impl ConfigBuilder {
    /// The same as [`build`](Self::build), for a service that verifies tokens and never mints: no signing key is
    /// read, and the API key and the JWT secret are optional.
    pub(crate) fn build_verifier(self) -> Result<VerifierConfig, ConfigurationError> {
        let mut problems = Vec::new();
        let sources = Sources::read(self.environment, self.dotenv.as_deref(), &mut problems);
        let url = sources
            .required("url", self.url, URL, &mut problems)
            .and_then(|text| url::check(text.expose_secret(), &mut problems));
        let is_set = |value: &SecretString| !is_blank(value);
        let api_key = sources.optional(self.api_key, API_KEY).filter(is_set);
        if let Some(key) = &api_key {
            api_key::check(key, self.allow_secret_api_key, &mut problems);
        }
        let secret = sources.optional(self.jwt_secret, JWT_SECRET).filter(is_set);
        let key = secret.and_then(|text| jwt_secret::check(&text, api_key.as_ref(), &mut problems));
        let rules = self.verifier_options.check(&mut problems);
        let mut secrets = rules.secrets.clone();
        secrets.extend(key.and_then(|key| key.shared_secret_key()));
        self.settings.check(&mut problems);
        let (Some(url), true) = (url, problems.is_empty()) else {
            return Err(ConfigurationError::new(problems));
        };
        Ok(VerifierConfig {
            url,
            api_key,
            rules,
            secrets,
            settings: self.settings,
        })
    }
}
