use std::sync::Arc;

use postgrest::Builder;
use serde::de::DeserializeOwned;

use super::{Core, Query};
use crate::error::{ClientError, Error};
use crate::transport::{Outgoing, Response};

impl Query {
    /// Sends the query as the client's user.
    ///
    /// # Errors
    /// [`Error::Client`] for a mistake in the query or when no answer came, [`Error::Token`] when
    /// there is no live token, [`Error::Api`] when the server answered with an error.
    pub async fn execute(self) -> Result<Response, Error> {
        let (core, request) = self.into_request()?;
        core.send(&request).await
    }

    /// Sends the query and reads the rows.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), and [`ClientError::Decode`] when a row does not fit `T`.
    pub async fn fetch<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        self.execute().await?.json()
    }

    /// Sends the query and reads the only row, or the one value that a function returns.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch), and [`Error::Api`] with PGRST116 when there is no row or more than
    /// one; a write is undone then.
    pub async fn fetch_one<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.single().execute().await?.json()
    }

    /// Sends the query and reads the only row, if there is one.
    ///
    /// # Errors
    /// As [`fetch_one`](Self::fetch_one), but no row is `None`.
    pub async fn fetch_optional<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        optional(self.fetch_one().await)
    }
}

impl<M> Query<M> {
    /// The native builder of this query, with the API key and the present token in it, for code that
    /// wants to add to it. Send it with [`ScopedClient::execute`](crate::ScopedClient::execute), which
    /// puts a live token on; its own `execute` is switched off, since its TLS has open advisories.
    ///
    /// # Errors
    /// As [`execute`](Self::execute) before anything is sent, and [`ClientError::NotNative`] for a
    /// write with a limit, a count or another `Prefer` setting.
    pub fn into_builder(self) -> Result<Builder, Error> {
        let (core, request) = self.into_request()?;
        core.restore(&request)
    }

    pub(crate) fn into_request(self) -> Result<(Arc<Core>, Outgoing), ClientError> {
        let mut request = self.core.project.native.request(self.builder?)?;
        self.settings.apply(&mut request)?;
        Ok((self.core, request))
    }
}

/// The request that `execute` sends, for the benches.
///
/// # Errors
/// As [`Query::execute`], before anything is sent.
pub fn prepared(query: Query) -> Result<impl Sized, Error> {
    let (core, request) = query.into_request()?;
    let token = core.token()?;
    Ok(core.project.transport.prepare(&request, &token)?)
}

/// What `fetch_optional` makes of what `fetch_one` gave.
pub(crate) fn optional<T>(one: Result<T, Error>) -> Result<Option<T>, Error> {
    match one {
        Ok(row) => Ok(Some(row)),
        Err(Error::Api(error)) if error.is_no_row() => Ok(None),
        Err(error) => Err(error),
    }
}
