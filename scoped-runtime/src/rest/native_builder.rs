//! `postgrest`, the neighbour: builders of the user's own are sent as the user.

use super::query::Query;
use super::raw_request;
use crate::claims::ScopedClaims;
use crate::client::{Core, Mode, ScopedClient};
use crate::error::{ClientError, Error};
use crate::transport::{Outgoing, Response};

impl<C: ScopedClaims, M: Mode> ScopedClient<C, M> {
    /// A native `postgrest` builder for a table or view of this project, without a token. Send it with
    /// `execute` of this client, which puts a live one on; its own `execute` is switched off.
    ///
    /// [`from`](Self::from) does more: it quotes names and values, and refuses what would mean something
    /// else on the server. A name that cannot be sent is an error of `execute`.
    pub fn native(&self, table: impl AsRef<str>) -> postgrest::Builder {
        let schema = self.schema_name();
        self.core().native().table(table.as_ref(), schema)
    }

    /// The request of a native builder, if it may be sent.
    pub(crate) fn own(&self, builder: postgrest::Builder) -> Result<(&Core, Outgoing), Error> {
        let core = self.core();
        let mut request = core.native().request(builder)?;
        core.check_method(&request.method, "a native builder")?;
        raw_request::check(&mut request, core.max_url_bytes())?;
        Ok((core, request))
    }
}

impl<C: ScopedClaims> ScopedClient<C> {
    /// Sends a native `postgrest` builder of your own as this user. Its URL must be one of this
    /// project's tables or functions; an `apikey` or `Authorization` header in it is replaced.
    ///
    /// It is refused where a [`Query`] would be: an update or a delete without a filter, an offset or an
    /// embedded table's filter on a write, a filter on a column that PostgREST takes for a parameter.
    /// A limited update or delete is refused by the server if more rows match.
    ///
    /// # Errors
    /// As [`Query::execute`].
    pub async fn execute(&self, builder: postgrest::Builder) -> Result<Response, Error> {
        let (core, request) = self.own(builder)?;
        core.send(&request).await
    }
}

impl<M: Mode> Query<M> {
    /// The native builder of this query, with the API key and the present token in it, for code that
    /// wants to add to it. Send it with [`ScopedClient::execute`](crate::ScopedClient::execute), which
    /// puts a live token on; its own `execute` is switched off, since its TLS has open advisories.
    ///
    /// # Errors
    /// As [`execute`](Self::execute) before anything is sent, and
    /// [`ClientError::NotNative`](crate::ClientError::NotNative) for what a builder cannot say.
    pub fn into_builder(self) -> Result<postgrest::Builder, Error> {
        if self.statement.all_rows {
            return Err(ClientError::NotNative {
                what: "a write of every row",
            }
            .into());
        }
        let call = self.call_to_send()?;
        // An anonymous client has no token, and says so.
        let token = call.core.token()?;
        Ok(call.core.restore(&call.request, &token)?)
    }
}
