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

/// What no project has.
const NO_TABLE: &str = "rest/v1/scoped_runtime_health?limit=0";

/// How long the token lives that is made for it.
const LIFE: Duration = Duration::from_mins(1);

/// How a project is, by one request with a token of ours: [`ScopedClients::health`].
#[derive(Debug)]
pub struct Health {
    is_reachable: bool,
    is_key_accepted: Option<bool>,
    clock_skew: Option<i64>,
    took: Duration,
    problem: Option<Error>,
}

impl Health {
    /// Whether the server is there and believes our tokens: nothing is wrong.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.problem.is_none()
    }

    /// Whether an answer came, whichever it was. False also when no token could be minted, so that nothing
    /// was asked; [`problem`](Self::problem) says so.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.is_reachable
    }

    /// Whether the API believes tokens that our key signs. `None` when the answer does not tell: none came,
    /// or another server than the project's API gave it.
    #[must_use]
    pub fn is_key_accepted(&self) -> Option<bool> {
        self.is_key_accepted
    }

    /// How many seconds the server's clock is ahead of ours, by the answer's `Date` (RFC 9110, section
    /// 6.6.1), which has whole seconds: a difference of a second may be missed or seen for none. Negative when
    /// it is behind; `None` without that header. PostgREST lets 30 seconds pass.
    #[must_use]
    pub fn clock_skew(&self) -> Option<i64> {
        self.clock_skew
    }

    /// How long it took: the token, a connection if there was none, and the request.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// What is wrong: [`Error::Configuration`] for `jwt_secret`, `signing_key`, `api_key` or the machine's
    /// clock when the API refuses the token, with what to check; else what came in place of an answer, or
    /// what refused to mint.
    #[must_use]
    pub fn problem(&self) -> Option<&Error> {
        self.problem.as_ref()
    }

    /// The problem as an error, for a start-up that must not go on with one.
    ///
    /// # Errors
    /// What [`problem`](Self::problem) says.
    pub fn into_result(self) -> Result<Self, Error> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self),
        }
    }
}

/// One line, for a log.
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
    /// Asks the project's API one thing with a token of ours: whether it is there, whether it believes the
    /// token, and what its clock says. Worth a call at start-up (`clients.health().await.into_result()?`),
    /// above all with a shared secret, which [`check_keys`](Self::check_keys) cannot compare with anything,
    /// and behind a service's own health endpoint.
    ///
    /// The token is of a user that does not exist (the nil UUID), in the role `authenticated` or the first
    /// that the [`MintPolicy`](crate::MintPolicy) lists, and asks for a table that does not exist. It is
    /// minted as any other, with the actor `scoped-runtime` and the reason `health`: the policy is asked, and
    /// the audit records it. It takes [`request_timeout`](crate::ConfigBuilder::request_timeout) at most.
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
        let outcome = self.ask().await;
        let took = clock.monotonic().saturating_sub(began);
        let (is_reachable, date) = match &outcome {
            Ok(response) => (true, date(response)),
            Err(Error::Api(error)) => (true, error.date()),
            Err(Error::Client(error)) => (is_answer(error), None),
            Err(_) => (false, None),
        };
        let (is_key_accepted, problem) = self.judge(outcome);
        Health {
            is_reachable,
            is_key_accepted,
            clock_skew: date.map(|date| skew(date, before, clock.now())),
            took,
            problem,
        }
    }

    async fn ask(&self) -> Result<Response, Error> {
        let policy = self.project.policy();
        let client = self
            .user(Uuid::nil())
            .role(policy.first_role())
            .actor("scoped-runtime")
            .reason("health")
            .expires_in(policy.limit_lifetime(LIFE))
            .auto_refresh(false)
            .client()?;
        let request = TransportRequest::new(Method::GET, NO_TABLE.to_owned());
        client.core().send(&request).await
    }

    /// Whether the key is accepted, and what is wrong.
    fn judge(&self, outcome: Result<Response, Error>) -> (Option<bool>, Option<Error>) {
        let error = match outcome {
            // Another server may answer 200 to everything.
            Ok(response) => match response.json::<Vec<IgnoredAny>>() {
                Ok(_) => return (Some(true), None),
                Err(error) => return (None, Some(error)),
            },
            Err(Error::Api(error)) => error,
            Err(error) => return (None, Some(error)),
        };
        match (error.status(), error.code()) {
            // The API has looked for the table, so it has believed the token.
            (404, Some("PGRST205" | "42P01")) => (Some(true), None),
            // Times and other claims are read after the signature, and the role is taken after that.
            (401, Some("PGRST301" | "PGRST303")) if is_about_time(&error) => {
                (Some(true), Some(clock_problem(&error).into()))
            }
            (401, Some("PGRST303")) | (_, Some("42501" | "22023")) => {
                (Some(true), Some(error.into()))
            }
            (401, Some("PGRST301" | "PGRST302")) => {
                (Some(false), Some(self.disbelief(&error).into()))
            }
            (401 | 403, _) if is_about_api_key(&error) => {
                (None, Some(api_key_problem(&error).into()))
            }
            _ => (None, Some(error.into())),
        }
    }

    fn disbelief(&self, error: &ApiError) -> ConfigurationError {
        let algorithm = self.project.mint.keys.current().key.algorithm();
        let (field, remedy) = if algorithm == Algorithm::Hs256 {
            (
                "jwt_secret",
                "copy it again from the project's JWT settings",
            )
        } else {
            (
                "signing_key",
                "ask `check_keys` whether the project lists it",
            )
        };
        let code = error.code().unwrap_or("no code");
        let reason =
            format!("is not what the project verifies tokens with: it answered 401 ({code})");
        Problem::new(field, reason, remedy).into()
    }
}

fn clock_problem(error: &ApiError) -> ConfigurationError {
    let code = error.code().unwrap_or("no code");
    let reason = format!(
        "differs from the server's, which answered a fresh token with 401 ({code}): its clock says another time"
    );
    let remedy = "set the machine's clock, and let it follow a time server (NTP)";
    Problem::new("clock", reason, remedy).into()
}

fn api_key_problem(error: &ApiError) -> ConfigurationError {
    let status = error.status();
    let reason = format!("is not one that the project knows: its gateway answered {status}");
    let remedy =
        "copy the publishable key (`sb_publishable_...`) or the legacy anon key of this project";
    Problem::new("api_key", reason, remedy).into()
}

/// PostgREST's words of a token that is not valid now.
fn is_about_time(error: &ApiError) -> bool {
    let message = error.message().to_ascii_lowercase();
    let words = ["expired", "future", "not yet valid"];
    words.iter().any(|word| message.contains(word))
}

/// The words of Supabase's gateway, which has no code.
fn is_about_api_key(error: &ApiError) -> bool {
    let message = error.message().to_ascii_lowercase();
    error.code().is_none_or(str::is_empty) && message.contains("api key")
}

/// Whether an error is about an answer that came.
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

/// How far the server's clock, at some moment between these two of ours, was certainly ahead.
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
