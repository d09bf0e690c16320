//! Native builders of the crate `postgrest`, executed as the user.

use super::query::Query;
use super::raw_request;
use crate::claims::ScopedClaims;
use crate::client::{Core, Mode, ScopedClient};
use crate::error::{ClientError, Error};
use crate::transport::{Response, TransportRequest};

impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// Returns a native `postgrest` builder for a table or view of this project, without a token. Send it
    /// with `execute` of this client, which adds a live token; the builder's own `execute` is disabled.
    ///
    /// Prefer [`from`](Self::from), which quotes names and values and refuses queries that the server would
    /// misread. A name that cannot be sent is an error of `execute`.
    pub fn native(&self, table: impl AsRef<str>) -> postgrest::Builder {
        let schema = self.schema_name();
        self.core().native().table(table.as_ref(), schema)
    }

    /// Checks a native builder and returns its request.
    pub(crate) fn native_request(
        &self,
        builder: postgrest::Builder,
    ) -> Result<(&Core, TransportRequest), Error> {
        let core = self.core();
        let mut request = core.native().request(builder)?;
        core.check_method(&request.method, "a native builder")?;
        raw_request::check(&mut request, core.settings().max_url_bytes)?;
        Ok((core, request))
    }
}

impl<C: ScopedClaims> ScopedClient<C> {
    /// Sends a native `postgrest` builder as this user. The URL of the builder must name a table or function
    /// of this project; `apikey` and `Authorization` headers are replaced.
    ///
    /// The client refuses what it refuses of a [`Query`]: an update or a delete without a filter, an offset
    /// or a filter of an embedded table on a write, and a filter on a column with the name of a PostgREST
    /// parameter. The server refuses a limited update or delete if more rows match.
    ///
    /// # Errors
    /// The errors of [`Query::execute`].
    pub async fn execute(&self, builder: postgrest::Builder) -> Result<Response, Error> {
        let (core, request) = self.native_request(builder)?;
        core.send(&request).await
    }
}

impl<M: Mode> Query<M> {
    /// Turns this query into a native `postgrest` builder with the API key and the present token, for code
    /// that adds to it. Send it with [`ScopedClient::execute`](crate::ScopedClient::execute), which replaces
    /// the token by a live one; the builder's own `execute` is disabled, since its TLS has open advisories.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute) before anything is sent, and
    /// [`ClientError::NotNative`](crate::ClientError::NotNative) for a query that a builder cannot express.
    pub fn into_builder(self) -> Result<postgrest::Builder, Error> {
        if self.statement.all_rows {
            return Err(ClientError::NotNative {
                what: "a write of every row",
            }
            .into());
        }
        let prepared = self.prepare()?;
        // This is an error for an anonymous client, which has no token.
        let token = prepared.core.token()?;
        Ok(prepared.core.to_builder(&prepared.request, &token)?)
    }
}
