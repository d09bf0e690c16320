use scoped_runtime::scoped_claims;
use serde::Deserialize;

/// Who may act as others. In `app_metadata`, as users cannot edit that.
#[scoped_claims(under = "app_metadata")]
pub(crate) struct Staff {
    #[claim(one_of("support"))]
    pub(crate) team: String,
}

/// Why support acts as somebody. Without one it does not.
#[derive(Deserialize)]
pub(crate) struct Ticket {
    pub(crate) ticket: String,
}
