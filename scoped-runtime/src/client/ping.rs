use std::time::Duration;

use http::Method;
use uuid::Uuid;

use super::ScopedClients;
use crate::error::{ApiError, ConfigurationError, Error, Problem};
use crate::key::Algorithm;
use crate::transport::TransportRequest;

/// What no project has.
const NO_TABLE: &str = "rest/v1/scoped_runtime_ping?limit=0";

/// How long the token lives that is made for it.
const LIFE: Duration = Duration::from_mins(1);

impl ScopedClients {
    /// Asks the project's API one thing with a token of ours: whether it is there, and believes the token.
    /// Worth a call at start-up, above all with a shared secret, which [`check_keys`](Self::check_keys)
    /// cannot compare with anything.
    ///
    /// The token is of a user that does not exist (the nil UUID), in the role `authenticated` or the first
    /// that the [`MintPolicy`](crate::MintPolicy) lists, and asks for a table that does not exist. It is
    /// minted as any other, with the actor `scoped-runtime` and the reason `ping`: the policy is asked, and
    /// the audit records it.
    ///
    /// # Errors
    /// [`Error::Configuration`] for `jwt_secret` or `signing_key` when the API does not believe the token,
    /// with what to check; else whatever came in place of an answer, or what refused to mint.
    pub async fn ping(&self) -> Result<(), Error> {
        let policy = self.project.policy();
        let client = self
            .user(Uuid::nil())
            .role(policy.first_role())
            .actor("scoped-runtime")
            .reason("ping")
            .expires_in(policy.limit_lifetime(LIFE))
            .auto_refresh(false)
            .client()?;
        let request = TransportRequest::new(Method::GET, NO_TABLE.to_owned());
        match client.core().send(&request).await {
            Ok(_) => Ok(()),
            Err(Error::Api(error)) if is_no_table(&error) => Ok(()),
            Err(Error::Api(error)) if is_disbelief(&error) => Err(self.disbelief(&error).into()),
            Err(error) => Err(error),
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

/// The API has looked for the table, so it has believed the token.
fn is_no_table(error: &ApiError) -> bool {
    error.status() == 404 && matches!(error.code(), Some("PGRST205" | "42P01"))
}

fn is_disbelief(error: &ApiError) -> bool {
    error.status() == 401 && matches!(error.code(), Some("PGRST301" | "PGRST302"))
}
