use secrecy::{ExposeSecret, SecretString};

use super::builder::{API_KEY, URL};
use super::environment::{Sources, is_blank};
use super::signing_key::JWT_SECRET;
use super::verifier_options::Rules;
use super::{Config, ConfigBuilder, Settings, api_key, secret, url};
use crate::error::ConfigurationError;
use crate::key::{Key, VerifyingKey};

/// What it takes to verify a project's tokens.
pub(crate) struct VerifierConfig {
    pub(crate) url: ::url::Url,
    /// Some gateways want one for everything.
    pub(crate) api_key: Option<SecretString>,
    pub(crate) rules: Rules,
    /// Those of the rules, and the project's own.
    pub(crate) secrets: Vec<VerifyingKey>,
    pub(crate) settings: Settings,
}

impl VerifierConfig {
    /// Who issues the tokens.
    pub(crate) fn issuer(&self) -> String {
        let own = || format!("{}/auth/v1", self.url.as_str().trim_end_matches('/'));
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
    /// As [`build`](Self::build), for a service that verifies and never mints: no signing key is read,
    /// and of the API key and the JWT secret only what is there.
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
        let key = secret.and_then(|text| secret::check(&text, api_key.as_ref(), &mut problems));
        let rules = self.verifier_options.rules(&mut problems);
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
