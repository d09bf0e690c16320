use std::time::Duration;

use reqwest::redirect::Policy;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The email address and password of a user. The type has no `Debug`, so that no log shows the password.
#[derive(Serialize, Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
}

/// A client of the project's Auth. It sends no token: its users do not have one yet.
#[derive(Clone)]
pub struct Auth {
    http: reqwest::Client,
    url: String,
    api_key: String,
}

/// The response of Auth: a session, or the reason why there is none.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub json: String,
    /// Seconds until the user may try again, if Auth could not be reached.
    pub retry_after: Option<u32>,
}

impl Auth {
    /// Auth at the issuer of the project's tokens.
    pub fn new(issuer: String, api_key: String) -> Result<Self, reqwest::Error> {
        // A redirect is not followed, so that a password is sent to Auth only.
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
    pub async fn sign_up(&self, user: &Credentials) -> Answer {
        self.post("signup", user).await
    }

    /// Signs a user in. The response contains the session.
    pub async fn sign_in(&self, user: &Credentials) -> Answer {
        self.post("token?grant_type=password", user).await
    }

    async fn post(&self, path: &str, user: &Credentials) -> Answer {
        self.try_post(path, user).await.unwrap_or_else(|_| Answer {
            status: 503,
            json: json!({ "code": "unavailable", "message": "try again later" }).to_string(),
            retry_after: Some(5),
        })
    }

    async fn try_post(&self, path: &str, user: &Credentials) -> Result<Answer, reqwest::Error> {
        let body = json!({ "email": user.email, "password": user.password });
        let request = self
            .http
            .post(format!("{}/{path}", self.url))
            .header("apikey", &self.api_key)
            .header("content-type", "application/json")
            .body(body.to_string());
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            json: response.text().await?,
            retry_after: None,
        })
    }
}
