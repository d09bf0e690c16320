//! Where the local server differs from PostgREST, so that it cannot be asked. What is sent there is still
//! compared with SQL, as the model of PostgREST reads it.

use super::sample::Sample;

/// Why a query cannot be asked of the local server.
pub(super) fn differs(_sample: &Sample) -> Option<&'static str> {
    None
}
