use std::error::Error;
use std::time::UNIX_EPOCH;

use reqwest::{Client, Method};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// An HTTP client of the service, signed in as a user or without a token.
pub(crate) struct Asker {
    url: String,
    token: Option<String>,
    http: Client,
}

impl Asker {
    pub(crate) fn new(url: &str, token: Option<String>) -> Self {
        Self {
            url: url.to_owned(),
            token,
            http: Client::new(),
        }
    }

    /// Signs a new user up and in. Returns the client and the user's ID.
    pub(crate) async fn signed_in(url: &str, name: &str) -> Result<(Self, String)> {
        let mut asker = Self::new(url, None);
        let email = format!("{name}-{}@example.com", UNIX_EPOCH.elapsed()?.as_nanos());
        let user = json!({ "email": email, "password": "a long password" });
        asker.send(Method::POST, "/sign-up", &user).await?;
        let (_, session) = asker.send(Method::POST, "/sign-in", &user).await?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let id = text(&session["user"]["id"]).ok_or("the service gave no session")?;
        asker.token = text(&session["access_token"]);
        Ok((asker, id))
    }

    pub(crate) async fn get(&self, path: &str) -> Result<(u16, Value)> {
        self.send(Method::GET, path, &Value::Null).await
    }

    /// Sends a request and returns the status and the JSON of the response.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.header("content-type", "application/json");
            request = request.body(body.to_string());
        }
        let response = request.send().await?;
        let (status, json) = (response.status().as_u16(), response.text().await?);
        Ok((status, serde_json::from_str(&json)?))
    }
}
