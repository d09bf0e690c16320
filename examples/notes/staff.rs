use scoped_runtime::scoped_claims;
use serde::Deserialize;

/// Who may act as others. In `app_metadata`, as users cannot edit that.
#[scoped_claims(under = "app_metadata")]
pub struct Staff {
    #[claim(one_of("support"))]
    /// The team that the person works in.
    pub team: String,
}

/// Why support acts as a user. Without a ticket it does not.
#[derive(Deserialize)]
pub struct Ticket {
    /// The ticket that support works on.
    pub ticket: String,
}
