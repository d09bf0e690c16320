//! What a test asks of the requests that arrived, in sentences. A failure says what arrived.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::choice::fits;
use super::{API_KEY, Recorded, Recorder};
use crate::claims::{ToUserId, UserId};
use crate::error::CallerError;

/// How many requests a failure lists.
const MAX_LISTED: usize = 20;
/// How long a test waits for requests.
const PATIENCE: Duration = Duration::from_secs(10);

impl Recorder {
    /// Returns the requests that arrived, in their order.
    ///
    /// # Panics
    /// When a request was over one of the recorder's limits, so that it is missing.
    #[must_use]
    #[track_caller]
    pub fn requests(&self) -> Vec<Recorded> {
        complete(self.0.state.requests())
    }

    /// Returns the requests that arrived at this path, in their order. A `*` at the end stands for any rest.
    ///
    /// # Panics
    /// As [`requests`](Self::requests).
    #[must_use]
    #[track_caller]
    pub fn requests_at(&self, path: &str) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| fits(path, request.path()));
        requests
    }

    /// Returns the requests that arrived since the last call, and forgets them.
    ///
    /// # Panics
    /// As [`requests`](Self::requests).
    #[track_caller]
    pub fn take_requests(&self) -> Vec<Recorded> {
        complete(self.0.state.take_requests())
    }

    /// Returns the only request that arrived.
    ///
    /// # Panics
    /// When none or several arrived, and as [`requests`](Self::requests).
    #[must_use]
    #[track_caller]
    pub fn only_request(&self) -> Recorded {
        let requests = self.requests();
        match &*requests {
            [request] => request.clone(),
            _ => panic!("expected one request, {}", Listed(&requests)),
        }
    }

    /// Returns the request that arrived last.
    ///
    /// # Panics
    /// When none arrived, and as [`requests`](Self::requests).
    #[must_use]
    #[track_caller]
    pub fn last_request(&self) -> Recorded {
        let last = self.requests().pop();
        last.expect("expected a request, but none arrived")
    }

    /// Waits until so many requests have arrived since the recorder was started. They may not be answered yet.
    ///
    /// # Panics
    /// When they have not arrived after ten seconds.
    pub async fn wait_for_requests(&self, number: usize) {
        let arrived = self.0.state.wait_for(number);
        assert!(
            tokio::time::timeout(PATIENCE, arrived).await.is_ok(),
            "expected {number} requests within ten seconds, {}",
            Listed(&self.requests())
        );
    }

    /// Asserts that no request arrived.
    ///
    /// # Panics
    /// When a request arrived.
    #[track_caller]
    pub fn assert_no_requests(&self) {
        let requests = self.requests();
        assert!(
            requests.is_empty(),
            "expected no request, {}",
            Listed(&requests)
        );
    }

    /// Asserts that requests arrived, and that each had a verified token of this user.
    ///
    /// # Panics
    /// When no request arrived, or one without a token of this user.
    #[track_caller]
    pub fn assert_all_as(&self, user: impl ToUserId) {
        let user = user_id(&user);
        let requests = self.requests();
        assert!(
            !requests.is_empty()
                && requests
                    .iter()
                    .all(|it| it.user_id() == Some(user.as_str())),
            "expected only requests as user {user}, {}",
            Listed(&requests)
        );
    }
}

impl Recorded {
    /// Asserts that the request had a verified token of this user.
    ///
    /// # Panics
    /// When it had no token, a forged one, or the one of another user.
    #[track_caller]
    pub fn assert_user(&self, user: impl ToUserId) -> &Self {
        let user = user_id(&user);
        assert!(
            self.user_id() == Some(user.as_str()),
            "expected a request as user {user}, and it was: {self}"
        );
        self
    }

    /// Asserts that the request had a verified token with this role.
    ///
    /// # Panics
    /// When it had no token, a forged one, or one with another role.
    #[track_caller]
    pub fn assert_role(&self, role: &str) -> &Self {
        assert!(
            self.role() == Some(role),
            "expected a request in the role {role}, and it was: {self}"
        );
        self
    }

    /// Asserts that the request had a verified token with this claim and this value. `Value::Null` is a claim
    /// that is null, and not one that is absent.
    ///
    /// ```
    /// # use scoped_runtime::ScopedClients;
    /// # use scoped_runtime::testing::Recorder;
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let recorder = Recorder::start().await?;
    /// let clients = ScopedClients::new(recorder.config())?;
    /// let alice = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11";
    /// let client = clients.user(alice).claim("tenant_id", "acme").client()?;
    /// client.from("notes").execute().await?;
    /// recorder.only_request().assert_user(alice).assert_claim("tenant_id", "acme");
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    /// When it had no token, a forged one, or one whose claim differs.
    #[track_caller]
    pub fn assert_claim(&self, name: &str, value: impl Serialize) -> &Self {
        let expected = serde_json::to_value(value).expect("a value that JSON can express");
        let found = self.claims().ok().and_then(|claims| claims.get(name));
        assert!(
            found == Some(&expected),
            "expected the claim `{name}` to be {expected}, and it was {}: {self}",
            found.map_or("absent".to_owned(), Value::to_string)
        );
        self
    }

    /// Asserts that the request had no token, but the API key of the project: PostgREST runs it as `anon`.
    ///
    /// # Panics
    /// When it had a token, or not the API key.
    #[track_caller]
    pub fn assert_anonymous(&self) -> &Self {
        let has_no_token = matches!(self.claims(), Err(CallerError::Missing))
            && self.header("authorization").is_none();
        assert!(
            has_no_token,
            "expected a request without a token, and it was: {self}"
        );
        let has_api_key = self.header("apikey") == Some(API_KEY);
        assert!(has_api_key, "expected the API key of the project: {self}");
        self
    }
}

#[track_caller]
fn complete(requests: Result<Vec<Recorded>, &'static str>) -> Vec<Recorded> {
    match requests {
        Ok(requests) => requests,
        Err(over_limit) => panic!("a request is missing: {over_limit}"),
    }
}

#[track_caller]
fn user_id(user: &impl ToUserId) -> UserId {
    match user.to_user_id() {
        Ok(user) => user,
        Err(error) => panic!("the user to compare with is not valid: {error}"),
    }
}

/// `and 2 arrived:`, with a line for each.
struct Listed<'r>(&'r [Recorded]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(requests) = self;
        if requests.is_empty() {
            return f.write_str("and none arrived");
        }
        write!(f, "and {} arrived:", requests.len())?;
        for (place, request) in requests.iter().take(MAX_LISTED).enumerate() {
            write!(f, "\n{:>3}. {request}", place + 1)?;
        }
        if requests.len() > MAX_LISTED {
            write!(f, "\n  ... and {} more", requests.len() - MAX_LISTED)?;
        }
        Ok(())
    }
}
