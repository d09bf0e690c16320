use scoped_runtime::scoped_claims;
use serde::Deserialize;

/// The claims of support staff. They are in `app_metadata`, which users cannot edit.
#[scoped_claims(under = "app_metadata")]
pub struct Staff {
    #[claim(one_of("support"))]
    /// The team of the staff member.
    pub team: String,
}

/// The query parameters of a support request. Without a ticket, support does not act as a user.
#[derive(Deserialize)]
pub struct Ticket {
    /// The ticket that support works on.
    pub ticket: String,
}
