#![no_implicit_prelude]
#![deny(warnings)]

pub extern crate scoped_runtime as renamed;

mod inner {
    pub use super::renamed as found;
}

#[renamed::scoped_claims(crate = self::inner::found, policies("ui/scoped_claims/policies/sql/idioms.sql", allow = ["level", "parent"]))]
pub struct Tenant {
    pub tenant_id: ::std::string::String,
    #[claim(under = "app_metadata")]
    pub seats: Seats,
    pub roles: ::std::vec::Vec<::std::string::String>,
    #[claim(one_of("free", "pro"))]
    pub plan: ::std::string::String,
    pub organization: renamed::NoClaims,
}

/// Whole.
pub type Seats = u32;

pub(crate) fn main() {}
