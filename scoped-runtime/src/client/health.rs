use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Method;
use http::header::DATE;
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::ScopedClients;
use crate::error::{ApiError, ClientError, ConfigurationError, Error, Problem};
use crate::key::Algorithm;
use crate::transport::{Response, TransportRequest};

/// The request of the health check, for a table that is assumed not to exist in any project.
const PROBE: &str = "rest/v1/scoped_runtime_health?limit=0";

/// The lifetime of the token of a health check.
const TOKEN_LIFETIME: Duration = Duration::from_secs(60);

/// The result of a health check: [`ScopedClients::health`] sends one request with a minted token.
#[derive(Debug)]
pub struct Health {
    is_reachable: bool,
    is_key_accepted: Option<bool>,
    clock_skew: Option<i64>,
    took: Duration,
    problem: Option<Error>,
}

impl Health {
    /// Whether the check found no [`problem`](Self::problem): the API answered and accepted the token.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.problem.is_none()
    }

    /// Whether the server answered, with any status. It is `false`, too, when no token could be minted and
    /// no request was sent; [`problem`](Self::problem) then has the cause.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.is_reachable
    }

    /// Whether the API accepts tokens that the configured key signs. `None` if the check could not tell:
    /// there was no answer, or the answer was not one of the project's API.
    #[must_use]
    pub fn is_key_accepted(&self) -> Option<bool> {
        self.is_key_accepted
    }

    /// How many seconds the server's clock is ahead of the local clock; negative if it is behind. It is
    /// measured by the `Date` header of the answer (RFC 9110, section 6.6.1), which has whole seconds, so
    /// the value may be off by one. `None` without that header. PostgREST tolerates 30 seconds.
    #[must_use]
    pub fn clock_skew(&self) -> Option<i64> {
        self.clock_skew
    }

    /// How long the check took: minting the token, opening a connection if none was open, and the request.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// The problem that the check found. It is an [`Error::Configuration`] for `jwt_secret`, `signing_key`,
    /// `api_key` or the machine's clock if the API refused the token, with a remedy; otherwise the error of
    /// minting the token or of the request.
    #[must_use]
    pub fn problem(&self) -> Option<&Error> {
        self.problem.as_ref()
    }

    /// Turns the problem into an error, so that a program can stop at start-up.
    ///
    /// # Errors
    /// The [`problem`](Self::problem), if there is one.
    pub fn into_result(self) -> Result<Self, Error> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self),
        }
    }
}

/// Writes one line for a log, without a secret.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            None => f.write_str("healthy")?,
            Some(problem) => write!(f, "not healthy: {problem}")?,
        }
        write!(f, " (after {} ms", self.took.as_millis())?;
        if let Some(skew) = self.clock_skew {
            write!(f, ", the server's clock is {skew:+} s from ours")?;
        }
        f.write_str(")")
    }
}

impl ScopedClients {
    /// Sends one request with a minted token to the project's API, to find out whether the API answers,
    /// whether it accepts the token, and what time its clock shows. Call it at start-up
    /// (`clients.health().await.into_result()?`), above all with a shared secret, which
    /// [`check_keys`](Self::check_keys) cannot check, and from a service's own health endpoint.
    ///
    /// The token is for a user that does not exist (the nil UUID), in the role `authenticated` or the first
    /// role that the [`MintPolicy`](crate::MintPolicy) lists; the request reads a table that does not exist.
    /// The token is subject to the policy and recorded by the audit like every other, with the actor
    /// `scoped-runtime` and the reason `health`. The check takes at most
    /// [`request_timeout`](crate::ConfigBuilder::request_timeout). It never fails; the result has the problem.
    ///
    /// ```no_run
    /// # async fn example(clients: scoped_runtime::ScopedClients) {
    /// let health = clients.health().await;
    /// println!("{health}"); // healthy (after 12 ms, the server's clock is +0 s from ours)
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        let clock = &self.project.mint.clock;
        let (began, before) = (clock.monotonic(), clock.now());
        let outcome = self.send_probe().await;
        let took = clock.monotonic().saturating_sub(began);
        let (is_reachable, date) = match &outcome {
            Ok(response) => (true, date(response)),
            Err(Error::Api(error)) => (true, error.date()),
            Err(Error::Client(error)) => (is_answer(error), None),
            Err(_) => (false, None),
        };
        let (is_key_accepted, problem) = self.diagnose(outcome);
        Health {
            is_reachable,
            is_key_accepted,
            clock_skew: date.map(|date| skew(date, before, clock.now())),
            took,
            problem,
        }
    }

    async fn send_probe(&self) -> Result<Response, Error> {
        let policy = self.project.policy();
        let client = self
            .user(Uuid::nil())
            .role(policy.first_role())
            .actor("scoped-runtime")
            .reason("health")
            .expires_in(policy.limit_lifetime(TOKEN_LIFETIME))
            .auto_refresh(false)
            .client()?;
        let request = TransportRequest::new(Method::GET, PROBE.to_owned());
        client.core().send(&request).await
    }

    /// Derives from the outcome whether the key is accepted, and the problem if there is one.
    fn diagnose(&self, outcome: Result<Response, Error>) -> (Option<bool>, Option<Error>) {
        let error = match outcome {
            // A server other than the API may answer every request with 200.
            Ok(response) => match response.json::<Vec<IgnoredAny>>() {
                Ok(_) => return (Some(true), None),
                Err(error) => return (None, Some(error)),
            },
            Err(Error::Api(error)) => error,
            Err(error) => return (None, Some(error)),
        };
        match (error.status(), error.code()) {
            // The API has accepted the token, since it has looked for the table.
            (404, Some("PGRST205" | "42P01")) => (Some(true), None),
            // PostgREST verifies the signature before it checks the claims and switches to the role.
            (401, Some("PGRST301" | "PGRST303")) if is_about_time(&error) => {
                (Some(true), Some(clock_problem(&error).into()))
            }
            (401, Some("PGRST303")) | (_, Some("42501" | "22023")) => {
                (Some(true), Some(error.into()))
            }
            (401, Some("PGRST301" | "PGRST302")) => {
                (Some(false), Some(self.key_problem(&error).into()))
            }
            (401 | 403, _) if is_about_api_key(&error) => {
                (None, Some(api_key_problem(&error).into()))
            }
            _ => (None, Some(error.into())),
        }
    }

    fn key_problem(&self, error: &ApiError) -> ConfigurationError {
        let algorithm = self.project.mint.keys.current().key.algorithm();
        let (field, remedy) = if algorithm == Algorithm::Hs256 {
            (
                "jwt_secret",
                "copy it again from the project's JWT settings",
            )
        } else {
            (
                "signing_key",
                "call `check_keys` to find out whether the project lists it",
            )
        };
        let code = error.code().unwrap_or("no code");
        let reason =
            format!("is not a key that the project verifies tokens with: it answered 401 ({code})");
        Problem::new(field, reason, remedy).into()
    }
}

fn clock_problem(error: &ApiError) -> ConfigurationError {
    let code = error.code().unwrap_or("no code");
    let reason = format!(
        "differs from the server's clock: the server answered a fresh token with 401 ({code})"
    );
    let remedy = "set the machine's clock and synchronise it with a time server (NTP)";
    Problem::new("clock", reason, remedy).into()
}

fn api_key_problem(error: &ApiError) -> ConfigurationError {
    let status = error.status();
    let reason = format!("is not an API key of the project: its gateway answered {status}");
    let remedy =
        "copy the publishable key (`sb_publishable_...`) or the legacy anon key of this project";
    Problem::new("api_key", reason, remedy).into()
}

/// Whether PostgREST's message says that the token is not valid at present.
fn is_about_time(error: &ApiError) -> bool {
    let message = error.message().to_ascii_lowercase();
    let words = ["expired", "future", "not yet valid"];
    words.iter().any(|word| message.contains(word))
}

/// Whether the message is the one that Supabase's gateway sends about an API key. It has no error code.
fn is_about_api_key(error: &ApiError) -> bool {
    let message = error.message().to_ascii_lowercase();
    error.code().is_none_or(str::is_empty) && message.contains("api key")
}

/// Whether an error means that the server has answered.
fn is_answer(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Redirect { .. }
            | ClientError::WebPage { .. }
            | ClientError::LimitExceeded { .. }
    )
}

fn date(response: &Response) -> Option<SystemTime> {
    httpdate::parse_http_date(response.header(DATE.as_str())?).ok()
}

/// The smallest difference between the server's clock and the local clock that explains a server time
/// between two local times: zero if it lies between them.
fn skew(server: SystemTime, before: SystemTime, after: SystemTime) -> i64 {
    let server = seconds(server);
    let (before, after) = (seconds(before), seconds(after));
    server - server.clamp(before.min(after), before.max(after))
}

/// Whole seconds since 1970.
fn seconds(time: SystemTime) -> i64 {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    i64::try_from(seconds).unwrap_or(i64::MAX)
}
