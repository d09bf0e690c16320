use crate::claims::NoClaims;
use crate::client::ScopedClients;
use crate::error::CallerError;
use crate::verify::{VerifiedToken, bearer};

/// The verified caller of a request. It is kept in the request's extensions, so that a middleware and any
/// number of extractors verify the token once. Only this module can make one.
#[derive(Debug, Clone)]
pub(super) struct VerifiedCaller(pub(super) VerifiedToken<NoClaims>);

impl VerifiedCaller {
    /// Verifies the token of the `Authorization` header; `None` if there is no header. The caller that the
    /// request already carries is returned if it is for the same token and the same project.
    pub(super) async fn of(
        clients: &ScopedClients,
        header: Option<&str>,
        cached: Option<Self>,
    ) -> Result<Option<Self>, CallerError> {
        let Some(header) = header else {
            return Ok(None);
        };
        let token = bearer(header)?;
        let verifier = clients.verifier();
        match cached.filter(|Self(caller)| caller.has_token(token) && verifier.has_verified(caller))
        {
            Some(caller) => Ok(Some(caller)),
            None => verifier
                .verify(token)
                .await
                .map(|caller| Some(Self(caller))),
        }
    }
}

/// Returns the request's `Authorization` header and refuses a second one, since two programs might not
/// choose the same of two headers.
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
        .map_err(|_| CallerError::malformed("is not text"))
}
