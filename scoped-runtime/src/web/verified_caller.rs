use crate::claims::NoClaims;
use crate::client::ScopedClients;
use crate::error::CallerError;
use crate::verify::{VerifiedToken, bearer};

/// The caller of a request, once verified. Requests carry it, so that a middleware and any number of
/// extractors verify once; nobody else can make one.
#[derive(Debug, Clone)]
pub(super) struct VerifiedCaller(pub(super) VerifiedToken<NoClaims>);

impl VerifiedCaller {
    /// The caller who sends these `Authorization` headers, or `None` if there is no header: the one that
    /// is known already, if it is of this very token and project.
    pub(super) async fn of(
        clients: &ScopedClients,
        header: Option<&str>,
        known: Option<Self>,
    ) -> Result<Option<Self>, CallerError> {
        let Some(header) = header else {
            return Ok(None);
        };
        let token = bearer(header)?;
        let verifier = clients.verifier();
        match known.filter(|Self(known)| known.is(token) && verifier.has_verified(known)) {
            Some(known) => Ok(Some(known)),
            None => verifier
                .verify(token)
                .await
                .map(|caller| Some(Self(caller))),
        }
    }
}

/// The only one of a request's `Authorization` headers. Two may be read in two ways.
pub(super) fn single_header<'h>(
    mut headers: impl Iterator<Item = &'h [u8]>,
) -> Result<Option<&'h str>, CallerError> {
    let (first, second) = (headers.next(), headers.next());
    if second.is_some() {
        return Err(CallerError::malformed("comes in two headers"));
    }
    first
        .map(str::from_utf8)
        .transpose()
        .map_err(|_| CallerError::malformed("is no text"))
}
