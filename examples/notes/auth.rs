use std::time::Duration;

use reqwest::redirect::Policy;
use scoped_runtime::{ClientError, Error};
use serde::{Deserialize, Serialize};

/// What a user signs up and in with. No `Debug`, so that no log has the password.
#[derive(Serialize, Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
}

/// The project's Auth. Its users have no token yet, and no token of ours is ever sent there.
#[derive(Clone)]
pub struct Auth {
    http: reqwest::Client,
    url: String,
    api_key: String,
}

/// Auth's answer, for the user as it is: a session, or why there is none.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub json: String,
}

impl Auth {
    /// Auth at the issuer of the project's tokens.
    pub fn new(issuer: String, api_key: String) -> Result<Self, reqwest::Error> {
        // Passwords follow no redirect.
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self {
            http,
            url: issuer,
            api_key,
        })
    }

    /// Signs a user up.
    pub async fn sign_up(&self, user: &Credentials) -> Result<Answer, Error> {
        self.post("signup", user).await
    }

    /// Signs a user in: the answer has the session.
    pub async fn sign_in(&self, user: &Credentials) -> Result<Answer, Error> {
        self.post("token?grant_type=password", user).await
    }

    async fn post(&self, path: &str, user: &Credentials) -> Result<Answer, Error> {
        let body = serde_json::to_string(user).map_err(|error| ClientError::Body {
            source: error.into(),
        })?;
        let request = self
            .http
            .post(format!("{}/{path}", self.url))
            .header("apikey", &self.api_key)
            .header("content-type", "application/json")
            .body(body);
        let lost = |error: reqwest::Error| ClientError::Transport {
            origin: self.url.clone(),
            source: error.without_url().into(),
        };
        let response = request.send().await.map_err(lost)?;
        Ok(Answer {
            status: response.status().as_u16(),
            json: response.text().await.map_err(lost)?,
        })
    }
}
